using System.Globalization;
using Tars.Cli.CommandLine;
using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Tars.TestKit.SecretServers.Vault;
using Xunit;

namespace Tars.Cli.Tests.Commands;

/// <summary>A watch whose bearer token is in Vault: the token is rotated there, the backend refuses the old one, and the watch goes on.</summary>
[Collection(LiveFleets.Name)]
public sealed class KpiWatchRotationTests(LiveFleet fleet)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // A lifetime of a day: the new token is found because the old one was refused. A second's: because Vault is asked again in the background.
    [Theory]
    [InlineData("1d", true)]
    [InlineData("1s", false)]
    public async Task Watch_TokenRotatedInVault_GoesOnWithTheNewOne(string lifetime, bool isRefusedFirst)
    {
        await using FaultyBackend guarded = await FaultyBackend.StartAsync(fleet.Address, TimeSpan.Zero, _ => null);
        await using VaultServer vault = await VaultServer.StartAsync(cancellationToken: Token);
        KeyValueMount store = vault.MountKeyValue();
        store.Put("tars", ("prometheus_token", "first-token-4411"));
        guarded.BearerTokens = ["first-token-4411"];
        using TemporaryDirectory folder = new();
        folder.WriteText("tars.yaml", $$"""
            secrets: { backend: vault, vault_url: '{{vault.HttpAddress}}', vault_token: {{vault.RootToken}}, cache_lifetime: {{lifetime}} }
            observability: { step: 1s, settle_delay: 1h, bridge_limit: 1m, retries: 0, auth: { bearer_token: '${prometheus_token}' } }
            {{FleetBackend.Configuration("99%")}}
            """);
        string from = (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(62)).ToString("yyyy-MM-dd'T'HH:mm:00'Z'", CultureInfo.InvariantCulture);
        await using RunningCommand watch = TarsProgram.Command(
            folder.Path, "kpi", "watch", "--prometheus-url", guarded.Address, "--interval", "1s", "--window", "3h", "--from", from).Start();
        await watch.WaitForTextAsync("of the window", Token);

        guarded.BearerTokens = isRefusedFirst ? guarded.BearerTokens : ["first-token-4411", "second-token-9827"];
        store.Put("tars", ("prometheus_token", "second-token-9827"));
        if (!isRefusedFirst)
        {
            await watch.WaitForTextAsync("secret prometheus_token has a new value", Token);
            await LookAsync(watch, 3); // one was under way with the old token, and one may have begun with it
        }

        guarded.BearerTokens = ["second-token-9827"];
        await LookAsync(watch, 2);
        await watch.SignalAsync("INT", Token);
        Assert.Equal(ExitCode.Interrupted, (await watch.WaitAsync(Token)).ExitCode);
        Assert.Equal(isRefusedFirst, guarded.RefusedCount > 0);
        Assert.Equal(isRefusedFirst, watch.Error.Contains("the backend's credentials have new values: looking again", StringComparison.Ordinal));
        Assert.DoesNotContain("warning", watch.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("-token-", watch.Error + watch.Output, StringComparison.Ordinal);
    }

    private static async Task LookAsync(RunningCommand watch, int more)
    {
        int wanted = Looks() + more;
        while (Looks() < wanted)
        {
            Assert.False(watch.HasExited, watch.Error);
            await Task.Delay(50, Token);
        }

        int Looks() => watch.Error.Split("of the window").Length;
    }
}

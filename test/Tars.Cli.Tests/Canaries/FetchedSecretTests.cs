using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Tars.TestKit.Canaries;
using Xunit;

namespace Tars.Cli.Tests.Canaries;

/// <summary>No command shows a secret that it fetched from a secret backend, nor what it logged in with, nor a token that it was given.</summary>
[Collection(FleetBackends.Name)]
public sealed class FetchedSecretTests(SmallFleet fleet, SecretStores stores) : IClassFixture<SecretStores>
{
    public static TheoryData<string> Stores => ["vault2", "vault1", "aws", "gcp", "azure", "file", "folder", "chain"];

    public static TheoryData<string> Servers => ["vault2", "vault1", "aws", "gcp", "azure"];

    // One run that uses all of them: the token and the header for every query, the keys for every report.
    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Kpi_SecretsFetched_WorksAndShowsNone(string store)
    {
        await using FaultyBackend guarded = await FaultyBackend.StartAsync(fleet.Address, TimeSpan.Zero, _ => null);
        guarded.BearerTokens = [stores.MetricsToken];
        CanaryRunResult run = await RunAsync(stores.Stores[store], new Uri(guarded.Address), ["kpi", .. fleet.Window, "--sign", "--encrypt", "-v"]);

        Assert.True(run.Result.ExitCode == 0, run.Result.Error);
        Assert.True(guarded.RequestCount > 0 && guarded.RefusedCount == 0, $"{guarded.RefusedCount} of {guarded.RequestCount} requests had another token");
    }

    [Theory]
    [InlineData("vault2", "config show --origin")]
    [InlineData("aws", "config show --origin -o json")]
    [InlineData("chain", "config explain observability.auth.bearer_token")]
    [InlineData("azure", "config validate")]
    [InlineData("vault1", "sign series.csv")]
    [InlineData("vault2", "encrypt series.csv")]
    public async Task Command_SecretsFetched_ShowsNone(string store, string command)
    {
        CanaryRunResult run = await RunAsync(stores.Stores[store], fleet.Address, command.Split(' '));

        Assert.True(run.Result.ExitCode == 0, run.Result.Error);
    }

    [Theory]
    [InlineData("vault2")]
    [InlineData("aws")]
    public async Task EncryptThenDecrypt_KeyOfTheStore_GivesTheContentBack(string store)
    {
        using TemporaryDirectory folder = new();
        CanaryRunResult encrypted = await RunAsync(folder, stores.Stores[store], fleet.Address, ["encrypt", "series.csv"]);
        Assert.True(encrypted.Result.ExitCode == 0, encrypted.Result.Error);
        CanaryRunResult decrypted = await RunAsync(folder, stores.Stores[store], fleet.Address, ["decrypt", "series.csv.sealed", "--output", "opened.csv"]);
        Assert.True(decrypted.Result.ExitCode == 0, decrypted.Result.Error);

        Assert.Equal(File.ReadAllBytes(folder.Combine("series.csv")), File.ReadAllBytes(folder.Combine("opened.csv")));
    }

    // The backend of metrics has the token that came from Vault, and repeats it: as an error, and as a warning of an answer with status 200.
    [Theory]
    [InlineData(401, 3)]
    [InlineData(200, 4)]
    public async Task Kpi_BackendRepeatsTheFetchedToken_ShowsNone(int status, int exitCode)
    {
        await using EchoingServer server = EchoingServer.Start(status);
        CanaryRunResult run = await RunAsync(stores.Stores["vault2"], server.Address, ["kpi", .. fleet.Window, "-v"]);

        Assert.True(run.Result.ExitCode == exitCode, run.Result.Error);
        Assert.Contains("(secret)", run.Result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Kpi_StoreRefusesAndRepeatsTheLogin_ShowsNone(string store)
    {
        await using EchoingServer server = EchoingServer.Start(403);
        CanaryRunResult run = await RunAsync(stores.Refused(store, server.Address), fleet.Address, ["kpi", .. fleet.Window, "-v"]);

        Assert.True(server.RequestCount > 0, "the store was not asked");
        Assert.True(run.Result.ExitCode == 2, run.Result.Error);
        Assert.Contains("observability.auth.bearer_token", run.Result.Error, StringComparison.Ordinal);
    }

    // The search among the stores' own canaries: a run that shows its variables is seen.
    [Fact]
    public async Task Run_ThatShowsItsLogin_IsSeen()
    {
        using TemporaryDirectory folder = new();
        TestKit.CommandLine leaking = new("/bin/sh", "-c", "env | base64 > log")
        {
            WorkingDirectory = folder.Path,
            Environment = stores.Stores["vault2"].Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
        };
        CanaryRunResult run = await new CanaryRun(stores.Search, new HashSet<string>()).RunAsync(leaking, TestContext.Current.CancellationToken);

        Assert.Contains(run.Hits, hit => hit.Canary == "token of Vault" && hit.Place == "file log");
    }

    private async Task<CanaryRunResult> RunAsync(SecretStore store, Uri backend, string[] arguments)
    {
        using TemporaryDirectory folder = new();
        return await RunAsync(folder, store, backend, arguments);
    }

    private async Task<CanaryRunResult> RunAsync(TemporaryDirectory folder, SecretStore store, Uri backend, string[] arguments)
    {
        folder.WriteText("series.csv", "timestamp,value\n1767571200,1\n");
        folder.WriteText("tars.yaml", $$"""
            secrets: { {{store.Section}} }
            security: { signing_key: '${signing_key}', encryption_key: '${encryption_key}' }
            observability:
              prometheus_url: {{backend}}
              step: 1m
              retries: 0
              headers: { X-Scope-OrgID: '${tenant_header}' }
              auth: { bearer_token: '${metrics_token}' }
            services:
              - { name: frontend, labels: { service: frontend }, preset: prometheus-http }
            objectives:
              - { service: frontend, indicator: availability, target: 50%, window: 7d }
            """);
        TestKit.CommandLine line = TarsProgram.Command(folder.Path, arguments);
        Dictionary<string, string?> environment = new(line.Environment) { ["HOME"] = folder.Path };
        foreach ((string name, string value) in store.Environment)
        {
            environment[name] = value;
        }

        CanaryRunResult run = await new CanaryRun(stores.Search, new HashSet<string>()).RunAsync(
            line with { Environment = environment }, TestContext.Current.CancellationToken);
        Assert.True(run.Hits.Count == 0, $"tars {string.Join(' ', arguments)}:\n{string.Join('\n', run.Hits)}");
        return run;
    }
}

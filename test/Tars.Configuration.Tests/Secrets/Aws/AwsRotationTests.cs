using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Layers;
using Tars.Configuration.Reloading;
using Tars.Configuration.Sections;
using Tars.Configuration.Secrets;
using Tars.TestKit.SecretServers.Aws;
using Keys = Tars.TestKit.SecretServers.Aws.AwsCredentials;

namespace Tars.Configuration.Tests.Secrets.Aws;

/// <summary>A secret that AWS rotates by its staging labels, taken up by running settings.</summary>
public sealed class AwsRotationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // AWS Secrets Manager User Guide, "How rotation works": createSecret makes AWSPENDING, finishSecret moves AWSCURRENT to it.
    [Fact]
    public async Task Current_LabelMovedToTheNewVersion_IsReplacedWithoutRestart()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        AwsAccount account = new(clock);
        await using SecretsManagerServer server = await SecretsManagerServer.StartAsync(account, cancellationToken: Cancellation);
        server.Put("tars/prod", """{"metrics_password":"first"}""");
        using Settings settings = new();
        Keys keys = account.CreateUserKeys();
        (settings.Environment["AWS_ACCESS_KEY_ID"], settings.Environment["AWS_SECRET_ACCESS_KEY"]) = (keys.AccessKeyId, keys.SecretAccessKey);
        settings.File("tars.yaml", $$"""
            secrets: { backend: aws, aws_region: eu-central-1, aws_endpoint_url: '{{server.HttpAddress}}', aws_secret_name: tars/prod, cache_lifetime: 10m }
            observability: { auth: { username: ann, password: '${metrics_password}' } }
            """);
        List<SecretNotice> notices = [];
        TaskCompletionSource<SecretNotice.Rotated> rotated = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SecretBackendFactory factory = new(settings.Environment, clock, notice =>
        {
            notices.Add(notice);
            _ = notice is SecretNotice.Rotated one && rotated.TrySetResult(one);
        });
        CachedSecrets? cache = null;
        await using SettingsMonitor<LoadedSettings> monitor = await SettingsMonitor<LoadedSettings>.StartAsync(
            token => SettingsLoader.LoadAsync(settings.Search, TarsSchema.Instance, section => cache ??= factory.Create(section), token), loaded => loaded, _ => { }, Cancellation);
        await using CachedSecrets owned = cache!;
        Assert.Equal("first", Password(monitor));

        string version = server.PutPending("tars/prod", """{"metrics_password":"second"}""");
        await owned.RefreshAsync(Cancellation);
        Assert.IsType<ReloadOutcome.Unchanged>(await monitor.ReloadAsync(Cancellation));
        Assert.Equal("first", Password(monitor));
        Assert.Empty(notices);

        server.Promote("tars/prod", version);
        clock.Advance(TimeSpan.FromMinutes(9.5)); // past 90 % of the lifetime: the refresh in the background
        Assert.Equal($"aws eu-central-1 tars/prod version {version}#metrics_password", (await rotated.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation)).Place);
        ReloadOutcome.Replaced replaced = Assert.IsType<ReloadOutcome.Replaced>(await monitor.ReloadAsync(Cancellation));

        Assert.Equal("second", Password(monitor));
        Assert.Equal("observability.auth.password", Assert.Single(replaced.Changes).Path);
        Assert.DoesNotContain("second", replaced.ToString() + string.Join(' ', replaced.Changes) + string.Join(' ', notices), StringComparison.Ordinal);
        Assert.Single(notices);
    }

    private static string Password(SettingsMonitor<LoadedSettings> monitor) => monitor.Current.Section("observability").Section("auth").Text("password");
}

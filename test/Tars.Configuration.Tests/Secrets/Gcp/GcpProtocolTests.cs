using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Gcp;
using Tars.Configuration.Tests.Secrets.Http;
using Tars.TestKit;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Gcp;

namespace Tars.Configuration.Tests.Secrets.Gcp;

/// <summary>The client against a token endpoint that checks assertions and a store that checks tokens.</summary>
public sealed class GcpProtocolTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private readonly GcpSecretsOptions _options = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAsync_KeyFile_ReadsVersionsAliasesAndFields()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", """{"DB_PASSWORD":"first"}""");
        server.Put("tars-config", """{"DB_PASSWORD":"second"}""");
        server.SetAlias("tars-config", "blue", 1);

        Assert.Equal("second", (await FindAsync("tars-config#DB_PASSWORD")).Found());
        Assert.Equal("first", (await FindAsync("tars-config/versions/1#DB_PASSWORD")).Found());
        Assert.Equal("first", (await FindAsync("tars-config/versions/blue#DB_PASSWORD")).Found());
        _options.SecretName = "tars-config";
        Assert.Equal("second", (await FindAsync("DB_PASSWORD")).Found());
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("OTHER"));
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("tars-missing"));
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("tars-config/versions/9"));
    }

    [Fact]
    public async Task FindAsync_EveryByte_Arrives()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        Random random = new(Seeds.Draw());
        foreach (int length in (int[])[0, 1, 7, 8, 9, 65536])
        {
            byte[] payload = new byte[length];
            random.NextBytes(payload);
            server.Put("bytes-of", payload);
            Assert.Equal(payload, Assert.IsType<SecretAnswer.Found>(await FindAsync("bytes-of")).Value.Bytes.ToArray());
        }
    }

    [Fact]
    public async Task FindAsync_Checksum_HasToBeThereAndRight()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", "canary");
        server.WrongChecksum = true;
        Assert.Contains("CRC-32C is not the one it states", (await FindAsync("tars-config")).Unreachable(), StringComparison.Ordinal);
        (server.WrongChecksum, server.NoChecksum) = (false, true);
        Assert.Contains("answered 200 with ", (await FindAsync("tars-config")).Unreachable(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SecretVersionState.Disabled)]
    [InlineData(SecretVersionState.Destroyed)]
    public async Task FindAsync_VersionThatCannotBeRead_IsRefused(SecretVersionState state)
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.SetState("tars-config", server.Put("tars-config", "x"), state);
        Assert.Contains("the version is disabled or destroyed", (await FindAsync("tars-config")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_NoPermission_IsRefused()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", "x");
        project.Deny("tars@tars-test.iam.gserviceaccount.com");
        Assert.Contains("lacks secretmanager.versions.access", (await FindAsync("tars-config")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_KeyOfAnotherAccount_IsRefused()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        GoogleServiceAccount other = project.CreateServiceAccount("other");
        KeyFile(project, other with { Email = "tars@tars-test.iam.gserviceaccount.com" }, tokens);
        Assert.Contains("refuses tars@tars-test.iam.gserviceaccount.com (invalid_grant)", (await FindAsync("tars-config")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_TokenOver_IsRenewedAndANewKeyFileTakenUp()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        using GoogleProject project = new(clock);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", "x");
        using GcpSecretsBackend backend = new(_options, _environment, clock, Patience.Short());
        Assert.Equal("x", (await backend.FindAsync("tars-config", Cancellation)).Found());
        Assert.Equal("x", (await backend.FindAsync("tars-config", Cancellation)).Found());
        Assert.Single(tokens.Requests);

        KeyFile(project, project.CreateServiceAccount("new"), tokens);
        clock.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal("x", (await backend.FindAsync("tars-config", Cancellation)).Found());
        Assert.Equal(2, tokens.Requests.Count);
    }

    [Fact]
    public async Task FindAsync_WrongClock_IsExplained()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        using GcpSecretsBackend backend = new(_options, _environment, new WrongClock(TimeSpan.FromMinutes(90)), Patience.Short());
        Assert.EndsWith("90 minutes ahead of the server's: set the clock", (await backend.FindAsync("tars-config", Cancellation)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_MetadataServer_GivesTheMachinesToken()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleMetadataServer metadata = await GoogleMetadataServer.StartAsync(project, cancellationToken: Cancellation);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", "x");
        _environment["GCE_METADATA_HOST"] = metadata.HttpAddress.Authority;
        metadata.Faults.Next(new Fault.ServerError(503));
        Assert.Equal("x", (await FindAsync("tars-config")).Found());
        metadata.Email = null;
        Assert.EndsWith("does the machine have a service account?", (await FindAsync("tars-config")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_FaultThatStays_IsUnreachableWithThePlace()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", "canary");
        foreach (string fault in ServerFaults.Names)
        {
            server.Faults.Next(ServerFaults.Of(fault), count: 3);
            SecretAnswer answer = await FindAsync("tars-config");
            Assert.StartsWith(server.HttpAddress.AbsoluteUri, answer.Unreachable(), StringComparison.Ordinal);
            Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
            server.Faults.Clear();

            tokens.Faults.Next(ServerFaults.Of(fault), count: 3);
            Assert.StartsWith(tokens.HttpAddress.AbsoluteUri, (await FindAsync("tars-config")).Unreachable(), StringComparison.Ordinal);
            tokens.Faults.Clear();
        }
    }

    [Fact]
    public async Task FindAsync_PassingFaults_AreOutlived()
    {
        using GoogleProject project = new(TimeProvider.System);
        await using GoogleTokenServer tokens = await TokensAsync(project);
        await using GoogleSecretServer server = await StartAsync(project);
        server.Put("tars-config", "x");
        tokens.Faults.Next(new Fault.Throttle());
        server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(1)));
        server.Faults.Next(new Fault.Drop());
        Assert.Equal("x", (await FindAsync("tars-config")).Found());
        Assert.Equal((0, 0), (tokens.Faults.Waiting, server.Faults.Waiting));
    }

    private void KeyFile(GoogleProject project, GoogleServiceAccount account, GoogleTokenServer tokens) =>
        _options.CredentialsFile = _folder.WriteText("key.json", project.KeyFile(account, tokens.TokenUri).ToJsonString());

    private async Task<GoogleTokenServer> TokensAsync(GoogleProject project)
    {
        GoogleTokenServer tokens = await GoogleTokenServer.StartAsync(project, cancellationToken: Cancellation);
        KeyFile(project, project.CreateServiceAccount("tars"), tokens);
        return tokens;
    }

    private async Task<GoogleSecretServer> StartAsync(GoogleProject project)
    {
        GoogleSecretServer server = await GoogleSecretServer.StartAsync(project, cancellationToken: Cancellation);
        (_options.EndpointUrl, _options.Project) = (server.HttpAddress.AbsoluteUri, project.Id);
        return server;
    }

    private async Task<SecretAnswer> FindAsync(string name)
    {
        using GcpSecretsBackend backend = new(_options, _environment, TimeProvider.System, Patience.Short());
        return await backend.FindAsync(name, Cancellation);
    }
}

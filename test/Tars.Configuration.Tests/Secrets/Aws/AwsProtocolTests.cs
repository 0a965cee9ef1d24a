using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Aws;
using Tars.Configuration.Secrets.Http;
using Tars.Configuration.Tests.Secrets.Http;
using Tars.TestKit;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.SecretServers.Tokens;
using Keys = Tars.TestKit.SecretServers.Aws.AwsCredentials;

namespace Tars.Configuration.Tests.Secrets.Aws;

/// <summary>The client against servers that recompute every signature from what came over the wire.</summary>
public sealed class AwsProtocolTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = new() { ["AWS_METADATA_SERVICE_TIMEOUT"] = "30" };
    private readonly AwsSecretsOptions _options = new() { Region = "eu-central-1" };

    public AwsProtocolTests() => _environment["HOME"] = _folder.Path;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindAsync_KeysOfTheEnvironment_SignWhatTheServiceRecomputes(bool isTemporary)
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(isTemporary ? account.CreateSessionKeys(TimeSpan.FromHours(1)) : account.CreateUserKeys());
        server.Put("tars/prod/config", """{"jwt_secret":"sécret"}""");
        server.PutBinary("a/key+x=1@b.c", [0, 255]);

        Assert.Equal("sécret", (await FindAsync("tars/prod/config#jwt_secret")).Found());
        Assert.Equal([0, 255], Assert.IsType<SecretAnswer.Found>(await FindAsync("a/key+x=1@b.c")).Value.Bytes.ToArray());
        Assert.Equal("""{"jwt_secret":"sécret"}""", (await FindAsync(server.ArnOf("tars/prod/config"))).Found());
    }

    [Fact]
    public async Task FindAsync_WrongSecretKey_IsRefusedAndNothingOfItShown()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Keys session = account.CreateSessionKeys(TimeSpan.FromHours(1));
        Use(session with { SecretAccessKey = "canary/canary" });
        SecretAnswer answer = await FindAsync("x");
        Assert.StartsWith("AWS refuses (InvalidSignatureException): the signature made with the environment is not right", answer.Refused(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(session.SessionToken!, answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_DeletedKeys_AreRefused()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Keys keys = account.CreateUserKeys();
        Use(keys);
        account.Delete(keys);
        Assert.StartsWith("AWS refuses (UnrecognizedClientException)", (await FindAsync("x")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_KeysReplacedInTheProfile_AreTakenUpWithoutRestart()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        server.Put("a/secret", "value");
        Keys old = account.CreateUserKeys();
        Profile(old);
        using AwsSecretsBackend backend = Backend(TimeProvider.System);
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());

        account.Delete(old);
        Assert.StartsWith("AWS refuses (UnrecognizedClientException)", (await backend.FindAsync("a/secret", Cancellation)).Refused(), StringComparison.Ordinal);
        Profile(account.CreateUserKeys());
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());
    }

    [Fact]
    public async Task FindAsync_SessionOver_IsRefused()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        AwsAccount account = new(clock);
        await using SecretsManagerServer server = await StartAsync(account);
        server.Put("a/secret", "value");
        Use(account.CreateSessionKeys(TimeSpan.FromHours(1)));
        using AwsSecretsBackend backend = Backend(clock);
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());
        clock.Advance(TimeSpan.FromHours(2));
        Assert.StartsWith("AWS refuses (ExpiredTokenException): the session of the environment has expired", (await backend.FindAsync("a/secret", Cancellation)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_ContainerKeysNearTheirEnd_AreRenewed()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        AwsAccount account = new(clock);
        await using SecretsManagerServer server = await StartAsync(account);
        await using ContainerCredentialServer container = await ContainerCredentialServer.StartAsync(account, cancellationToken: Cancellation);
        server.Put("a/secret", "value");
        container.AuthorizationToken = "first";
        string file = _folder.WriteText("token", "first\n");
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = new Uri(container.HttpAddress, container.Path).AbsoluteUri;
        _environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file;
        using AwsSecretsBackend backend = Backend(clock);
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());
        Assert.Single(container.Requests);

        container.AuthorizationToken = "second";
        _folder.WriteText("token", "second\n");
        clock.Advance(TimeSpan.FromHours(5.99));
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());
        Assert.Equal(2, container.Requests.Count);
    }

    [Fact]
    public async Task FindAsync_RoleOfTheInstance_IsUsed()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        await using InstanceMetadataServer metadata = await InstanceMetadataServer.StartAsync(account, cancellationToken: Cancellation);
        server.Put("a/secret", "value");
        _environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.HttpAddress.AbsoluteUri;
        Assert.Equal("value", (await FindAsync("a/secret")).Found());
        metadata.RoleName = null;
        Assert.EndsWith("does the instance have a role?", (await FindAsync("a/secret")).Refused(), StringComparison.Ordinal);
        metadata.Enabled = false;
        Assert.Contains("is instance metadata version 2 on", (await FindAsync("a/secret")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_WebIdentity_IsTheRolesThatTrustsIt()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        await using SecurityTokenServer sts = await SecurityTokenServer.StartAsync(account, cancellationToken: Cancellation);
        using TokenIssuer issuer = new("https://cluster.example", TimeProvider.System, "ES256");
        server.Put("a/secret", "value");
        _environment["AWS_ROLE_ARN"] = account.AddRole(new AwsRole("tars", issuer, "sts.amazonaws.com", "system:serviceaccount:tars:tars"));
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = _folder.WriteText("token", issuer.Issue("system:serviceaccount:tars:tars", "sts.amazonaws.com"));
        _options.StsEndpointUrl = sts.HttpAddress.AbsoluteUri;
        sts.Faults.Next(new Fault.Throttle());
        Assert.Equal("value", (await FindAsync("a/secret")).Found());

        _folder.WriteText("token", issuer.Issue("system:serviceaccount:tars:tars", "sts.amazonaws.com", TimeSpan.FromMinutes(-5)));
        Assert.Contains("it has expired", (await FindAsync("a/secret")).Refused(), StringComparison.Ordinal);
        _folder.WriteText("token", issuer.Issue("somebody else", "sts.amazonaws.com"));
        Assert.Contains("the role's trust policy does not admit it", (await FindAsync("a/secret")).Refused(), StringComparison.Ordinal);
        _folder.WriteText("token", issuer.Issue("system:serviceaccount:tars:tars", "another audience"));
        Assert.Contains("its issuer is not the identity provider that AWS knows", (await FindAsync("a/secret")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_OtherRegionThanTheEndpoints_IsExplained()
    {
        AwsAccount account = new(TimeProvider.System, "eu-west-1");
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        Assert.Contains("the endpoint belongs to another region than eu-central-1", (await FindAsync("x")).Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(25, "25 minutes ahead of the server's: set the clock")]
    [InlineData(-25, "25 minutes behind the server's: set the clock")]
    public async Task FindAsync_WrongClock_IsExplained(int minutes, string expected)
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        using AwsSecretsBackend backend = Backend(new WrongClock(TimeSpan.FromMinutes(minutes)));
        Assert.EndsWith(expected, (await backend.FindAsync("x", Cancellation)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_Rotation_IsFollowedByStageAndId()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        string first = server.Put("a/secret", "old");
        using AwsSecretsBackend backend = Backend(TimeProvider.System);
        Assert.Equal("old", (await backend.FindAsync("a/secret", Cancellation)).Found());
        server.Put("a/secret", "new");
        server.PutPending("a/secret", "next");
        Assert.Equal("new", (await backend.FindAsync("a/secret", Cancellation)).Found());

        _options.VersionStage = "AWSPREVIOUS";
        Assert.Equal("old", (await FindAsync("a/secret")).Found());
        (_options.VersionStage, _options.VersionId) = (null, first);
        Assert.Equal("old", (await FindAsync("a/secret")).Found());
        _options.VersionId = Guid.NewGuid().ToString();
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("a/secret"));
    }

    [Fact]
    public async Task FindAsync_WhatTheServiceSays_IsAbsentOrRefused()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Keys keys = account.CreateUserKeys();
        Use(keys);
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("a/missing"));
        server.Put("a/deleted", "x");
        server.ScheduleDeletion("a/deleted");
        Assert.Contains("marked for deletion", (await FindAsync("a/deleted")).Refused(), StringComparison.Ordinal);
        server.Put("a/broken", "x");
        server.BreakKey("a/broken");
        Assert.Contains("KMS key cannot be used", (await FindAsync("a/broken")).Refused(), StringComparison.Ordinal);
        account.Deny(keys, "secretsmanager:GetSecretValue");
        Assert.Contains("lack secretsmanager:GetSecretValue", (await FindAsync("a/broken")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_PassingFaults_AreOutlived()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        server.Put("a/secret", "value");
        foreach (Fault fault in (Fault[])[new Fault.Throttle(), new Fault.ServerError(503), new Fault.Drop(), new Fault.Truncate()])
        {
            server.Faults.Next(fault);
            Assert.Equal("value", (await FindAsync("a/secret")).Found());
            Assert.Equal(0, server.Faults.Waiting);
        }
    }

    [Theory]
    [MemberData(nameof(ServerFaults.All), MemberType = typeof(ServerFaults))]
    public async Task FindAsync_FaultThatStays_IsUnreachableWithThePlace(string fault)
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        server.Put("a/secret", "canary");
        server.Faults.Next(ServerFaults.Of(fault), count: 3);
        SecretAnswer answer = await FindAsync("a/secret");
        Assert.StartsWith(server.HttpAddress.AbsoluteUri, answer.Unreachable(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_NoAnswerInTime_IsUnreachable()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        server.Faults.Next(new Fault.Delay(TimeSpan.FromMinutes(5)));
        SecretConnectionOptions patience = Patience.Short(retries: 0);
        patience.AttemptTimeout = TimeSpan.FromMilliseconds(200);
        using AwsSecretsBackend backend = new(_options, _environment, TimeProvider.System, patience);
        Assert.EndsWith("did not answer within 0.2 s", (await backend.FindAsync("a/secret", Cancellation)).Unreachable(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_Tls_IsOnlyWithATrustedCertificate()
    {
        AwsAccount account = new(TimeProvider.System);
        await using SecretsManagerServer server = await StartAsync(account);
        Use(account.CreateUserKeys());
        server.Put("a/secret", "value");
        _options.EndpointUrl = server.HttpsAddress.AbsoluteUri;
        Assert.EndsWith("does not present a certificate that is trusted here", (await FindAsync("a/secret")).Unreachable(), StringComparison.Ordinal);
        SecretConnectionOptions patience = Patience.Short();
        patience.Authorities = [X509Certificate2.CreateFromPem(server.AuthorityPem)];
        using AwsSecretsBackend backend = new(_options, _environment, TimeProvider.System, patience);
        Assert.Equal("value", (await backend.FindAsync("a/secret", Cancellation)).Found());
    }

    private async Task<SecretsManagerServer> StartAsync(AwsAccount account)
    {
        SecretsManagerServer server = await SecretsManagerServer.StartAsync(account, cancellationToken: Cancellation);
        _options.EndpointUrl = server.HttpAddress.AbsoluteUri;
        return server;
    }

    private void Use(Keys keys)
    {
        (_environment["AWS_ACCESS_KEY_ID"], _environment["AWS_SECRET_ACCESS_KEY"]) = (keys.AccessKeyId, keys.SecretAccessKey);
        _environment["AWS_SESSION_TOKEN"] = keys.SessionToken ?? "";
    }

    private void Profile(Keys keys) => _folder.WriteText(
        Path.Combine(".aws", "credentials"), $"[default]\naws_access_key_id = {keys.AccessKeyId}\naws_secret_access_key = {keys.SecretAccessKey}\n");

    private AwsSecretsBackend Backend(TimeProvider time) => new(_options, _environment, time, Patience.Short());

    private async Task<SecretAnswer> FindAsync(string name)
    {
        using AwsSecretsBackend backend = Backend(TimeProvider.System);
        return await backend.FindAsync(name, Cancellation);
    }
}

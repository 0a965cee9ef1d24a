using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.SecretServers.Tokens;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Aws;

/// <summary>Where keys come from: STS for a web identity, the container endpoint, and instance metadata. What each gives out opens Secrets Manager.</summary>
public sealed class CredentialSourceTests : IDisposable
{
    private static readonly XNamespace Sts = "https://sts.amazonaws.com/doc/2011-06-15/";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AwsAccount _account;
    private readonly TokenIssuer _issuer;

    public CredentialSourceTests()
    {
        _account = new AwsAccount(_clock);
        _issuer = new TokenIssuer("https://oidc.test", _clock);
    }

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task AssumeRole_TokenOfTheProvider_GetsKeysThatOpen()
    {
        await using SecurityTokenServer sts = await SecurityTokenServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
        string arn = Role();
        Reply reply = await AssumeAsync(sts, arn, Token());
        Assert.Equal((200, "text/xml"), (reply.Status, reply.Headers["Content-Type"]));
        XElement result = XElement.Parse(reply.Body).Element(Sts + "AssumeRoleWithWebIdentityResult")!;
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/reader/tars", result.Element(Sts + "AssumedRoleUser")!.Element(Sts + "Arn")!.Value);
        XElement keys = result.Element(Sts + "Credentials")!;
        Assert.Equal("2026-03-01T13:00:00Z", keys.Element(Sts + "Expiration")!.Value);
        await AssertOpensAsync(keys.Element(Sts + "AccessKeyId")!.Value, keys.Element(Sts + "SecretAccessKey")!.Value, keys.Element(Sts + "SessionToken")!.Value);
        Assert.Equal(200, (await Wire.GetAsync(
            sts.HttpAddress,
            $"/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=tars&RoleArn={Uri.EscapeDataString(arn)}&WebIdentityToken={Token()}")).Status);
    }

    [Fact]
    public async Task AssumeRole_ThatIsWrong_IsRefusedWithItsCode()
    {
        await using SecurityTokenServer sts = await SecurityTokenServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
        using TokenIssuer forger = new("https://oidc.test", _clock);
        using TokenIssuer unknown = new("https://other.test", _clock);
        string arn = Role();
        Assert.Equal((400, "InvalidIdentityToken"), await CodeAsync(AssumeAsync(sts, arn, "not-a-token")));
        Assert.Equal((400, "InvalidIdentityToken"), await CodeAsync(AssumeAsync(sts, arn, forger.Issue("system:serviceaccount:a:b", "sts.amazonaws.com"))));
        Assert.Equal((400, "InvalidIdentityToken"), await CodeAsync(AssumeAsync(sts, arn, unknown.Issue("system:serviceaccount:a:b", "sts.amazonaws.com"))));
        Assert.Equal((400, "InvalidIdentityToken"), await CodeAsync(AssumeAsync(sts, arn, _issuer.Issue("system:serviceaccount:a:b", "elsewhere"))));
        Assert.Equal((400, "ExpiredTokenException"), await CodeAsync(AssumeAsync(sts, arn, _issuer.Issue("system:serviceaccount:a:b", "sts.amazonaws.com", TimeSpan.Zero))));
        Assert.Equal((403, "AccessDenied"), await CodeAsync(AssumeAsync(sts, arn, _issuer.Issue("system:serviceaccount:a:c", "sts.amazonaws.com"))));
        Assert.Equal((403, "AccessDenied"), await CodeAsync(AssumeAsync(sts, arn + "x", Token())));
        Assert.Equal((400, "ValidationError"), await CodeAsync(AssumeAsync(sts, arn, Token(), ("DurationSeconds", "3601"))));
        Assert.Equal((400, "ValidationError"), await CodeAsync(AssumeAsync(sts, arn, Token(), ("DurationSeconds", "899"))));
        Assert.Equal((400, "ValidationError"), await CodeAsync(Wire.FormAsync(sts.HttpAddress, "/", ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", arn))));
        Assert.Equal((400, "InvalidAction"), await CodeAsync(Wire.FormAsync(sts.HttpAddress, "/", ("Action", "AssumeRoleWithWebIdentity"))));
        Assert.Equal((400, "InvalidAction"), await CodeAsync(Wire.FormAsync(sts.HttpAddress, "/", ("Action", "AssumeRole"), ("Version", "2011-06-15"))));
        sts.Faults.Next(new Fault.Throttle());
        Assert.Equal((400, "Throttling"), await CodeAsync(AssumeAsync(sts, arn, Token())));
    }

    [Fact]
    public async Task Container_WithItsToken_GivesKeysThatOpen()
    {
        await using ContainerCredentialServer server = await ContainerCredentialServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
        Assert.Equal(200, (await Wire.GetAsync(server.HttpAddress, server.Path)).Status);
        server.AuthorizationToken = "pod-token";
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, server.Path)).Status);
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, server.Path, ("Authorization", "Bearer pod-token"))).Status);
        Reply reply = await Wire.GetAsync(server.HttpAddress, server.Path, ("Authorization", "pod-token"));
        Assert.Equal("2026-03-01T18:00:00Z", (string?)reply.Json["Expiration"]);
        await AssertOpensAsync(reply.Json);
        server.AuthorizationToken = "new-token";
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, server.Path, ("Authorization", "pod-token"))).Status);
        Assert.Equal(404, (await Wire.GetAsync(server.HttpAddress, "/other", ("Authorization", "new-token"))).Status);
        Assert.Equal(404, (await Wire.PostAsync(server.HttpAddress, server.Path, "", ("Authorization", "new-token"))).Status);
    }

    [Fact]
    public async Task Instance_WithASessionToken_GivesTheRolesKeys()
    {
        await using InstanceMetadataServer server = await InstanceMetadataServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
        Reply token = await TokenAsync(server, "60");
        Assert.Equal((200, "60"), (token.Status, token.Headers["X-aws-ec2-metadata-token-ttl-seconds"]));
        (string, string) header = ("X-aws-ec2-metadata-token", token.Body);
        Assert.Equal("instance-role", (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/", header)).Body);
        Reply keys = await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/instance-role", header);
        Assert.Equal(("Success", "AWS-HMAC"), ((string?)keys.Json["Code"], (string?)keys.Json["Type"]));
        await AssertOpensAsync(keys.Json);
        Assert.Equal("eu-central-1", (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/placement/region", header)).Body);
        Assert.Equal(404, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/other", header)).Status);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/", header)).Status);
    }

    // "Response codes" and "How Instance Metadata Service Version 2 works" in the EC2 User Guide.
    [Fact]
    public async Task Instance_AskedWrong_AnswersTheDocumentedStatus()
    {
        await using InstanceMetadataServer server = await InstanceMetadataServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/")).Status);
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/", ("X-aws-ec2-metadata-token", "made-up"))).Status);
        Assert.Equal(400, (await Wire.SendAsync(server.HttpAddress, "PUT", "/latest/api/token", "")).Status);
        Assert.Equal(400, (await TokenAsync(server, "0")).Status);
        Assert.Equal(400, (await TokenAsync(server, "21601")).Status);
        Assert.Equal(200, (await TokenAsync(server, "21600")).Status);
        Assert.Equal(405, (await Wire.GetAsync(server.HttpAddress, "/latest/api/token")).Status);
        Assert.Equal(403, (await Wire.SendAsync(server.HttpAddress, "PUT", "/latest/api/token", "", ("X-aws-ec2-metadata-token-ttl-seconds", "60"), ("X-Forwarded-For", "10.0.0.1"))).Status);
        server.TokensRequired = false;
        Assert.Equal(200, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/")).Status);
        Assert.Equal(401, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/", ("X-aws-ec2-metadata-token", "made-up"))).Status);
        server.RoleName = null;
        Assert.Equal(404, (await Wire.GetAsync(server.HttpAddress, "/latest/meta-data/iam/security-credentials/")).Status);
        server.Enabled = false;
        Assert.Equal(403, (await TokenAsync(server, "60")).Status);
    }

    private static Task<Reply> TokenAsync(InstanceMetadataServer server, string seconds) =>
        Wire.SendAsync(server.HttpAddress, "PUT", "/latest/api/token", "", ("X-aws-ec2-metadata-token-ttl-seconds", seconds));

    private static Task<Reply> AssumeAsync(SecurityTokenServer sts, string arn, string token, params (string, string)[] more) => Wire.FormAsync(
        sts.HttpAddress,
        "/",
        [("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", arn), ("RoleSessionName", "tars"), ("WebIdentityToken", token), .. more]);

    private static async Task<(int, string)> CodeAsync(Task<Reply> asked)
    {
        Reply reply = await asked;
        return (reply.Status, XElement.Parse(reply.Body).Element(Sts + "Error")!.Element(Sts + "Code")!.Value);
    }

    private string Role() => _account.AddRole(new AwsRole("reader", _issuer, "sts.amazonaws.com", "system:serviceaccount:a:b"));

    private string Token() => _issuer.Issue("system:serviceaccount:a:b", "sts.amazonaws.com");

    private Task AssertOpensAsync(JsonNode keys) => AssertOpensAsync((string)keys["AccessKeyId"]!, (string)keys["SecretAccessKey"]!, (string)keys["Token"]!);

    private async Task AssertOpensAsync(string id, string secret, string token)
    {
        await using SecretsManagerServer secrets = await SecretsManagerServer.StartAsync(_account, cancellationToken: Wire.Cancelled);
        secrets.Put("s", "value");
        Reply reply = await new HandSigned(new AwsCredentials(id, secret, token), _clock.GetUtcNow()).SendAsync(secrets.HttpAddress, "{\"SecretId\":\"s\"}");
        Assert.Equal("value", (string?)reply.Json["SecretString"]);
    }
}

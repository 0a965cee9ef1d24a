using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Gcp;
using Tars.Configuration.Tests.Secrets.Http;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Gcp;

/// <summary>What is asked and how each documented answer is taken (Secret Manager REST reference; "Using OAuth 2.0 for Server to Server Applications").</summary>
public sealed class GcpSecretsBackendTests : IDisposable
{
    private const string Token = """{"access_token":"canary-token","expires_in":3599,"token_type":"Bearer"}""";

    private static readonly RSA Key = RSA.Create(2048);

    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    // "123456789" and its CRC-32C, the check value 0xE3069283.
    [Fact]
    public async Task FindAsync_WholeSecret_IsItsBytesWhenTheSumFits()
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, Version("MTIzNDU2Nzg5", "3808858755"))));

        SecretAnswer answer = await FindAsync(server, "tars-jwt-secret");

        Assert.Equal("gcp projects/123456/secrets/tars-jwt-secret/versions/7", Assert.IsType<SecretAnswer.Found>(answer).Place);
        Assert.Equal("123456789", answer.Found());
        ScriptedRequest asked = server.Requests[1];
        Assert.Equal(
            ("GET", "/v1/projects/my-project/secrets/tars-jwt-secret/versions/latest:access", "Bearer canary-token"),
            (asked.Method, asked.Target, asked.Header("Authorization")));
    }

    [Theory]
    [InlineData("3808858756")]
    [InlineData("0")]
    public async Task FindAsync_SumDoesNotFit_IsUnreachable(string sum)
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, Version("MTIzNDU2Nzg5", sum))));
        Assert.EndsWith(
            "answered 200 with a payload whose CRC-32C is not the one it states; it was damaged on the way",
            (await FindAsync(server, "tars-jwt-secret")).Unreachable(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tars-jwt-secret/versions/3", "/v1/projects/my-project/secrets/tars-jwt-secret/versions/3:access")]
    [InlineData("projects/other/secrets/tars-jwt-secret", "/v1/projects/other/secrets/tars-jwt-secret/versions/latest:access")]
    [InlineData("projects/other/secrets/tars-jwt-secret/versions/3", "/v1/projects/other/secrets/tars-jwt-secret/versions/3:access")]
    public async Task FindAsync_NameWithVersionOrProject_AsksForIt(string name, string target)
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, Version("MTIzNDU2Nzg5", "3808858755"))));
        Assert.Equal("123456789", (await FindAsync(server, name)).Found());
        Assert.Equal(target, server.Requests[1].Target);
    }

    [Theory]
    [InlineData("a name")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("a?b")]
    public async Task FindAsync_NameThatNoSecretHas_IsAbsentWithoutARequest(string name)
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, "")));
        Assert.IsType<SecretAnswer.Absent>(await FindAsync(server, name));
        Assert.Empty(server.Requests);
    }

    // RFC 7523 and Google's page: header, claims, and a signature that the account's public key verifies.
    [Fact]
    public async Task FindAsync_KeyFile_SignsAnAssertionForTheTokenEndpoint()
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, Version("MTIzNDU2Nzg5", "3808858755"))));
        await FindAsync(server, "tars-jwt-secret");

        ScriptedRequest request = server.Requests[0];
        Assert.Equal(("POST", "/token", "urn:ietf:params:oauth:grant-type:jwt-bearer"), (request.Method, request.Target, request.Field("grant_type")));
        string[] parts = request.Field("assertion")!.Split('.');
        Assert.True(Key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"key-id"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        JsonObject claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        Assert.Equal("tars@my-project.iam.gserviceaccount.com", (string?)claims["iss"]);
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", (string?)claims["scope"]);
        Assert.Equal($"{server.Address}token", (string?)claims["aud"]);
        Assert.Equal(3600, (long)claims["exp"]! - (long)claims["iat"]!);
        Assert.InRange((long)claims["iat"]!, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 120, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task FindAsync_SecondQuestion_UsesTheSameToken()
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, Version("MTIzNDU2Nzg5", "3808858755"))));
        using GcpSecretsBackend backend = Backend(server);
        await backend.FindAsync("tars-jwt-secret", TestContext.Current.CancellationToken);
        await backend.FindAsync("tars-jwt-secret", TestContext.Current.CancellationToken);
        Assert.Equal(["POST", "GET", "GET"], server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task FindAsync_TokenRevoked_AsksForANewOneOnce()
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(401, """{"error":{"code":401,"status":"UNAUTHENTICATED"}}""")));
        Assert.StartsWith("Google refuses (UNAUTHENTICATED): it does not take the token of the service account of ", (await FindAsync(server, "tars-jwt-secret")).Refused(), StringComparison.Ordinal);
        Assert.Equal(["POST", "GET", "POST", "GET"], server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task FindAsync_NoSuchSecret_IsAbsent()
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(404, """{"error":{"code":404,"message":"Secret [x] not found or has no versions.","status":"NOT_FOUND"}}""")));
        Assert.Equal(new SecretAnswer.Absent("gcp projects/my-project/secrets/other-secret/versions/latest"), await FindAsync(server, "other-secret"));
    }

    [Theory]
    [InlineData(400, "FAILED_PRECONDITION", "Google refuses (FAILED_PRECONDITION): the version is disabled or destroyed; enable it or name another")]
    [InlineData(403, "PERMISSION_DENIED", "lacks secretmanager.versions.access for it, or the Secret Manager API is off in the project")]
    [InlineData(400, "INVALID_ARGUMENT", "Google refuses (INVALID_ARGUMENT): it takes no such secret name or version")]
    [InlineData(418, "canary", "Google answered 418")]
    public async Task FindAsync_Refusal_SaysWhyAndNothingElse(int status, string code, string expected)
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(status, $$$"""{"error":{"code":{{{status}}},"message":"canary","status":"{{{code}}}"}}""")));
        SecretAnswer answer = await FindAsync(server, "tars-jwt-secret");
        Assert.EndsWith(expected, answer.Refused(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("""{"name":"projects/1/secrets/tars-jwt-secret/versions/7","payload":{"data":"MTIzNDU2Nzg5"}}""")]
    [InlineData("""{"name":"projects/1/secrets/tars-jwt-secret/versions/7","payload":{"data":"no base64","dataCrc32c":"1"}}""")]
    [InlineData("""{"name":"projects/1/secrets/tars-jwt-secret/versions/7","payload":{"data":"MTIzNDU2Nzg5","dataCrc32c":"-1"}}""")]
    [InlineData("""{"payload":{"data":"MTIzNDU2Nzg5","dataCrc32c":"3808858755"}}""")]
    [InlineData("""{"name":"projects/1/secrets/another/versions/7","payload":{"data":"MTIzNDU2Nzg5","dataCrc32c":"3808858755"}}""")]
    public async Task FindAsync_MalformedAnswer_IsUnreachableWithThePlace(string body)
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, body)));
        Assert.StartsWith($"{server.Address}v1/projects/my-project/secrets/tars-jwt-secret/versions/latest:access answered 200 with ", (await FindAsync(server, "tars-jwt-secret")).Unreachable(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_AssertionRefusedAndWrongClock_IsExplained()
    {
        await using ScriptedHttp server = new(_ => new ScriptedAnswer(
            400, """{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."}""",
            $"Date: {TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture)}"));
        using GcpSecretsBackend backend = Backend(server, new WrongClock(TimeSpan.FromHours(2)));
        Assert.Equal(
            $"{server.Address}token refuses tars@my-project.iam.gserviceaccount.com (invalid_grant): the key was deleted, the account is disabled, or the assertion's time is not Google's; this machine's clock is 120 minutes ahead of the server's: set the clock",
            (await backend.FindAsync("tars-jwt-secret", TestContext.Current.CancellationToken)).Refused());
    }

    [Theory]
    [InlineData("""{"type":"authorized_user","client_id":"x","refresh_token":"canary"}""", "has the type authorized_user; only the key file of a service account (service_account) is supported")]
    [InlineData("""{"type":"service_account","client_email":"x","private_key":"canary"}""", "is not the JSON key file of a service account; make one with gcloud iam service-accounts keys create")]
    [InlineData("canary", "is not the JSON key file of a service account; make one with gcloud iam service-accounts keys create")]
    public async Task FindAsync_NoServiceAccountKey_IsRefusedWithThePath(string file, string expected)
    {
        await using ScriptedHttp server = new(Google(new ScriptedAnswer(200, "")));
        string path = _folder.WriteText("bad.json", file);
        using GcpSecretsBackend backend = new(new GcpSecretsOptions { Project = "my-project", CredentialsFile = path, EndpointUrl = server.Address.AbsoluteUri }, _environment, TimeProvider.System, Patience.Short());
        Assert.Equal($"{path} (secrets.gcp_credentials_file) {expected}", (await backend.FindAsync("x", TestContext.Current.CancellationToken)).Refused());
    }

    [Fact]
    public async Task FindAsync_NoKeyFile_AsksTheMetadataServer()
    {
        await using ScriptedHttp server = new(request => request.Target == "/computeMetadata/v1/instance/service-accounts/default/token"
            ? request.Header("Metadata-Flavor") == "Google" ? new ScriptedAnswer(200, Token, "Metadata-Flavor: Google") : new ScriptedAnswer(403, "")
            : new ScriptedAnswer(200, Version("MTIzNDU2Nzg5", "3808858755")));
        _environment["GCE_METADATA_HOST"] = server.Address.Authority;
        using GcpSecretsBackend backend = new(new GcpSecretsOptions { Project = "my-project", EndpointUrl = server.Address.AbsoluteUri }, _environment, TimeProvider.System, Patience.Short());
        Assert.Equal("123456789", (await backend.FindAsync("tars-jwt-secret", TestContext.Current.CancellationToken)).Found());
    }

    [Fact]
    public async Task FindAsync_SomethingElseAtTheMetadataAddress_GetsNoSay()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, Token));
        _environment["GCE_METADATA_HOST"] = server.Address.Authority;
        using GcpSecretsBackend backend = new(new GcpSecretsOptions { Project = "my-project", EndpointUrl = server.Address.AbsoluteUri }, _environment, TimeProvider.System, Patience.Short());
        Assert.EndsWith("it is not the metadata server", (await backend.FindAsync("x", TestContext.Current.CancellationToken)).Unreachable(), StringComparison.Ordinal);
    }

    private static string Version(string data, string sum) =>
        $$$"""{"name":"projects/123456/secrets/tars-jwt-secret/versions/7","payload":{"data":"{{{data}}}","dataCrc32c":"{{{sum}}}"}}""";

    private static Func<ScriptedRequest, ScriptedAnswer> Google(ScriptedAnswer answer) => request => request.Target == "/token" ? new ScriptedAnswer(200, Token) : answer;

    private async Task<SecretAnswer> FindAsync(ScriptedHttp server, string name)
    {
        using GcpSecretsBackend backend = Backend(server);
        return await backend.FindAsync(name, TestContext.Current.CancellationToken);
    }

    private GcpSecretsBackend Backend(ScriptedHttp server, TimeProvider? time = null)
    {
        string file = _folder.WriteText("key.json", JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["type"] = "service_account",
            ["project_id"] = "my-project",
            ["private_key_id"] = "key-id",
            ["private_key"] = Key.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "tars@my-project.iam.gserviceaccount.com",
            ["token_uri"] = $"{server.Address}token",
        }));
        return new GcpSecretsBackend(new GcpSecretsOptions { CredentialsFile = file, EndpointUrl = server.Address.AbsoluteUri }, _environment, time ?? TimeProvider.System, Patience.Short());
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Gcp;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Gcp;

/// <summary>Secret Manager's REST reference, the server-to-server flow, and the metadata server: what they give and what they refuse.</summary>
public sealed class GoogleSecretTests : IAsyncLifetime
{
    private const string Jwt = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private GoogleProject _project = null!;
    private GoogleSecretServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _project = new GoogleProject(_clock);
        _server = await GoogleSecretServer.StartAsync(_project, cancellationToken: Wire.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _project.Dispose();
    }

    // RFC 3720 appendix B.4: 32 zeroes, 32 ones, 0 to 31, 31 to 0; and the check value of the CRC catalogue.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794Eu)]
    [InlineData("1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100", 0x113FDB5Cu)]
    [InlineData("313233343536373839", 0xE3069283u)]
    public void Crc32C_PublishedInput_IsThePublishedChecksum(string hex, uint expected) => Assert.Equal(expected, Crc32C.Of(Convert.FromHexString(hex)));

    [Fact]
    public async Task Access_ByLatestNumberAndAlias_IsThePayload()
    {
        _server.Put("db", "123456789");
        _server.Put("db", "two");
        _server.SetAlias("db", "blue", 1);
        Reply first = await AccessAsync("db", "1");
        Assert.Equal((200, "projects/123456789/secrets/db/versions/1", "MTIzNDU2Nzg5"), (first.Status, (string?)first.Json["name"], (string?)first.Json["payload"]!["data"]));
        Assert.Equal("3808858755", (string?)first.Json["payload"]!["dataCrc32c"]); // 0xE3069283 as text
        Assert.Equal("dHdv", (string?)(await AccessAsync("db", "latest")).Json["payload"]!["data"]);
        Assert.Equal("MTIzNDU2Nzg5", (string?)(await AccessAsync("db", "blue")).Json["payload"]!["data"]);
        _server.WrongChecksum = true;
        Assert.Equal("3808858756", (string?)(await AccessAsync("db", "1")).Json["payload"]!["dataCrc32c"]);
        _server.NoChecksum = true;
        Assert.Null((await AccessAsync("db", "1")).Json["payload"]!["dataCrc32c"]);
        Assert.Equal(200, (await AccessAsync("db", "1", _project.Number)).Status);
    }

    [Fact]
    public async Task Access_InARegion_IsAnotherPath()
    {
        _server.Location = "europe-west3";
        _server.Put("db", "x");
        (string, string) token = Bearer(_project.CreateToken("a", TimeSpan.FromHours(1)));
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/projects/tars-test/locations/europe-west3/secrets/db/versions/1:access", token)).Status);
        Assert.Equal(404, (await Wire.GetAsync(_server.HttpAddress, "/v1/projects/tars-test/secrets/db/versions/1:access", token)).Status);
    }

    [Fact]
    public async Task Access_VersionThatCannotBeRead_SaysItsStatus()
    {
        _server.Put("db", "one");
        _server.Put("db", "two");
        _server.Create("empty");
        _server.SetState("db", 2, SecretVersionState.Disabled);
        await AssertRefusedAsync(400, "FAILED_PRECONDITION", "DISABLED", AccessAsync("db", "latest")); // the newest, not the newest that is enabled
        _server.SetState("db", 2, SecretVersionState.Destroyed);
        await AssertRefusedAsync(400, "FAILED_PRECONDITION", "DESTROYED", AccessAsync("db", "2"));
        await AssertRefusedAsync(404, "NOT_FOUND", "versions/9", AccessAsync("db", "9"));
        await AssertRefusedAsync(404, "NOT_FOUND", "versions/green", AccessAsync("db", "green"));
        await AssertRefusedAsync(404, "NOT_FOUND", "not found or has no versions", AccessAsync("empty", "latest"));
        await AssertRefusedAsync(404, "NOT_FOUND", "secrets/none", AccessAsync("none", "1"));
        await AssertRefusedAsync(403, "PERMISSION_DENIED", "(or it may not exist)", AccessAsync("db", "1", "another-project"));
        Assert.Equal(404, (await Wire.GetAsync(_server.HttpAddress, "/v1/projects/tars-test/secrets/db/versions/1")).Status);
    }

    [Fact]
    public async Task Access_WithoutARightToken_IsRefused()
    {
        _server.Put("db", "one");
        const string target = "/v1/projects/tars-test/secrets/db/versions/1:access";
        Reply none = await Wire.GetAsync(_server.HttpAddress, target);
        Assert.Equal((401, "UNAUTHENTICATED"), (none.Status, (string?)none.Json["error"]!["status"]));
        Assert.StartsWith("Bearer", none.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        string token = _project.CreateToken("a@x", TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, target, Bearer(token))).Status);
        await AssertRefusedAsync(401, "UNAUTHENTICATED", "API keys are not supported", Wire.GetAsync(_server.HttpAddress, target + "?key=abc", Bearer(token)));
        await AssertRefusedAsync(401, "UNAUTHENTICATED", "API keys are not supported", Wire.GetAsync(_server.HttpAddress, target, ("X-Goog-Api-Key", "abc")));
        await AssertRefusedAsync(401, "UNAUTHENTICATED", "missing", Wire.GetAsync(_server.HttpAddress, target, ("Authorization", token)));
        await AssertRefusedAsync(403, "PERMISSION_DENIED", "insufficient authentication scopes",
            Wire.GetAsync(_server.HttpAddress, target, Bearer(_project.CreateToken("a@x", TimeSpan.FromMinutes(5), "https://www.googleapis.com/auth/devstorage.read_only"))));
        _project.Deny("a@x");
        await AssertRefusedAsync(403, "PERMISSION_DENIED", "secretmanager.versions.access", Wire.GetAsync(_server.HttpAddress, target, Bearer(token)));
        _clock.Advance(TimeSpan.FromMinutes(5));
        await AssertRefusedAsync(401, "UNAUTHENTICATED", "invalid authentication credentials", Wire.GetAsync(_server.HttpAddress, target, Bearer(token)));
    }

    [Fact]
    public async Task Token_ForASignedAssertion_Opens()
    {
        await using GoogleTokenServer tokens = await GoogleTokenServer.StartAsync(_project, cancellationToken: Wire.Cancelled);
        GoogleServiceAccount account = _project.CreateServiceAccount("tars");
        JsonObject file = _project.KeyFile(account, tokens.TokenUri);
        Assert.Equal(("service_account", account.Email, tokens.TokenUri.AbsoluteUri), ((string?)file["type"], (string?)file["client_email"], (string?)file["token_uri"]));
        _server.Put("db", "one");
        Reply reply = await Wire.FormAsync(tokens.HttpAddress, "/token", ("grant_type", Jwt), ("assertion", Assertion(account, Claims(account, tokens.TokenUri))));
        Assert.Equal((200, 3600, "Bearer"), (reply.Status, (int)reply.Json["expires_in"]!, (string?)reply.Json["token_type"]));
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/projects/tars-test/secrets/db/versions/1:access", Bearer((string)reply.Json["access_token"]!))).Status);
    }

    [Fact]
    public async Task Token_ForAnAssertionThatIsWrong_IsRefused()
    {
        await using GoogleTokenServer tokens = await GoogleTokenServer.StartAsync(_project, cancellationToken: Wire.Cancelled);
        GoogleServiceAccount account = _project.CreateServiceAccount("tars");
        GoogleServiceAccount other = _project.CreateServiceAccount("other");
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        await AssertGrantAsync("invalid_grant", "Signature", Assertion(other, Claims(account, tokens.TokenUri)));
        await AssertGrantAsync("invalid_grant", "Signature", Assertion(account, Claims(account, tokens.TokenUri), "PS256"));
        await AssertGrantAsync("invalid_grant", "Signature", Assertion(account, Claims(account, tokens.TokenUri), "none"));
        await AssertGrantAsync("invalid_grant", "Signature", Assertion(account with { KeyId = "x" }, Claims(account, tokens.TokenUri)));
        await AssertGrantAsync("invalid_grant", "account not found", Assertion(account, Changed("iss", "nobody@x")));
        await AssertGrantAsync("invalid_grant", "audience", Assertion(account, Changed("aud", "https://oauth2.googleapis.com/token")));
        await AssertGrantAsync("invalid_grant", "short-lived", Assertion(account, Changed("exp", now + 3601)));
        await AssertGrantAsync("invalid_grant", "short-lived", Assertion(account, Changed("exp", now)));
        await AssertGrantAsync("invalid_grant", "short-lived", Assertion(account, Changed("iat", now + 60)));
        await AssertGrantAsync("invalid_grant", "short-lived", Assertion(account, Changed("exp", null)));
        await AssertGrantAsync("invalid_scope", "scope", Assertion(account, Changed("scope", null)));
        await AssertGrantAsync("invalid_grant", "Bad Request", "x.y.z");
        Assert.Equal("unsupported_grant_type", (string?)(await Wire.FormAsync(tokens.HttpAddress, "/token", ("grant_type", "client_credentials"))).Json["error"]);
        Assert.Equal("unsupported_grant_type", (string?)(await Wire.PostAsync(tokens.HttpAddress, "/token", $"{{\"grant_type\":\"{Jwt}\"}}", ("Content-Type", "application/json"))).Json["error"]);
        Assert.Equal(405, (await Wire.GetAsync(tokens.HttpAddress, "/token")).Status);

        JsonObject Changed(string claim, JsonNode? value)
        {
            JsonObject claims = Claims(account, tokens.TokenUri);
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value;
            }

            return claims;
        }

        async Task AssertGrantAsync(string error, string part, string assertion)
        {
            Reply reply = await Wire.FormAsync(tokens.HttpAddress, "/token", ("grant_type", Jwt), ("assertion", assertion));
            Assert.Equal((400, error), (reply.Status, (string?)reply.Json["error"]));
            Assert.Contains(part, (string?)reply.Json["error_description"], StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Metadata_WithItsHeader_GivesATokenThatOpens()
    {
        await using GoogleMetadataServer metadata = await GoogleMetadataServer.StartAsync(_project, cancellationToken: Wire.Cancelled);
        const string target = "/computeMetadata/v1/instance/service-accounts/default/token";
        Assert.Equal(403, (await Wire.GetAsync(metadata.HttpAddress, target)).Status);
        Assert.Equal(403, (await Wire.GetAsync(metadata.HttpAddress, target, ("Metadata-Flavor", "google"))).Status);
        Assert.Equal(403, (await Wire.GetAsync(metadata.HttpAddress, target, ("Metadata-Flavor", "Google"), ("X-Forwarded-For", "10.0.0.1"))).Status);
        Reply reply = await Wire.GetAsync(metadata.HttpAddress, target, ("Metadata-Flavor", "Google"));
        Assert.Equal((200, "Google"), (reply.Status, reply.Headers["Metadata-Flavor"]));
        _server.Put("db", "one");
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/projects/tars-test/secrets/db/versions/1:access", Bearer((string)reply.Json["access_token"]!))).Status);
        Assert.Equal("tars-test", (await Wire.GetAsync(metadata.HttpAddress, "/computeMetadata/v1/project/project-id", ("Metadata-Flavor", "Google"))).Body);
        metadata.Email = null;
        Assert.Equal(404, (await Wire.GetAsync(metadata.HttpAddress, target, ("Metadata-Flavor", "Google"))).Status);
    }

    [Fact]
    public async Task Faults_ThrottleAndError_AreInGooglesForm()
    {
        _server.Put("db", "one");
        _server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(7)));
        _server.Faults.Next(new Fault.ServerError());
        _server.Faults.Next(new Fault.ServerError(503));
        Reply throttled = await AccessAsync("db", "1");
        Assert.Equal((429, "RESOURCE_EXHAUSTED", "7"), (throttled.Status, (string?)throttled.Json["error"]!["status"], throttled.Headers["Retry-After"]));
        await AssertRefusedAsync(500, "INTERNAL", "Internal", AccessAsync("db", "1"));
        await AssertRefusedAsync(503, "UNAVAILABLE", "unavailable", AccessAsync("db", "1"));
    }

    private static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    private static async Task AssertRefusedAsync(int status, string code, string part, Task<Reply> asked)
    {
        Reply reply = await asked;
        Assert.Equal((status, code, status), (reply.Status, (string?)reply.Json["error"]!["status"], (int)reply.Json["error"]!["code"]!));
        Assert.Contains(part, (string?)reply.Json["error"]!["message"], StringComparison.Ordinal);
    }

    private static string Assertion(GoogleServiceAccount account, JsonObject claims, string algorithm = "RS256")
    {
        string input = $"{Url(Encoding.UTF8.GetBytes($"{{\"alg\":\"{algorithm}\",\"typ\":\"JWT\",\"kid\":\"{account.KeyId}\"}}"))}.{Url(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        using RSA key = RSA.Create();
        key.ImportFromPem(account.PrivateKeyPem);
        return $"{input}.{Url(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1))}";
    }

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private JsonObject Claims(GoogleServiceAccount account, Uri audience)
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject { ["iss"] = account.Email, ["scope"] = GoogleProject.CloudPlatform, ["aud"] = audience.AbsoluteUri, ["iat"] = now, ["exp"] = now + 3600 };
    }

    private Task<Reply> AccessAsync(string name, string version, string project = "tars-test") => Wire.GetAsync(
        _server.HttpAddress, $"/v1/projects/{project}/secrets/{name}/versions/{version}:access", Bearer(_project.CreateToken("reader@x", TimeSpan.FromHours(1))));
}

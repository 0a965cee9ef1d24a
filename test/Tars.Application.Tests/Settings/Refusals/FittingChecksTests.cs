using Tars.Application.Settings.Refusals;
using Xunit;

namespace Tars.Application.Tests.Settings.Refusals;

public class FittingChecksTests
{
    private const string Jwt = "api: {auth_mode: jwt, jwt_algorithm: ALG, jwt_secret: \"SECRET\"}\n";

    [Theory]
    [InlineData("local", "api: {tls_enabled: true}", "tars.yaml:1:20: api.tls_enabled: needs a certificate; write api.tls_cert_path|tars.yaml:1:20: api.tls_enabled: needs a certificate's private key; write api.tls_key_path")]
    [InlineData("local", "api: {tls_enabled: true, tls_cert_path: tls.crt}", "tars.yaml:1:20: api.tls_enabled: needs a certificate's private key; write api.tls_key_path")]
    [InlineData("local", "api: {tls_enabled: true, tls_cert_path: tls.crt, tls_key_path: none.key}", "tars.yaml:1:64: api.tls_key_path: there is no file none.key")]
    [InlineData("local", "api: {tls_enabled: true, tls_cert_path: tls.crt, tls_key_path: tls.key}", "")]
    [InlineData("local", "api: {enabled: false, tls_enabled: true}", "")]
    [InlineData("dev", "security: {key_ring: keys}", "profile dev:4:20: api.tls_enabled: needs a certificate; write api.tls_cert_path|profile dev:4:20: api.tls_enabled: needs a certificate's private key; write api.tls_key_path")]
    [InlineData("staging", "security: {key_ring: keys}\napi: {tls_cert_path: tls.crt, tls_key_path: tls.key}", "profile staging:4:18: api.auth_mode: jwt needs a secret; write api.jwt_secret: ${NAME}, or put jwt_secret into the secret backend (make one with 'openssl rand -base64 48')")]
    public void Load_ApiThatCannotBeServed_IsRefusedByWhoServesIt(string profile, string yaml, string refusals)
    {
        using ProfileFile file = new();

        Assert.Equal(refusals.Split('|', StringSplitOptions.RemoveEmptyEntries), ProfileFile.WithoutMissing(file.Refusals(profile, Requirements.Service, yaml)));
        Assert.Empty(ProfileFile.WithoutMissing(file.Refusals(profile, Requirements.Command, yaml)));
    }

    // RFC 7518, section 3.2: keys of the hash's size.
    [Theory]
    [InlineData("HS256", 31, 32)]
    [InlineData("HS384", 47, 48)]
    [InlineData("HS512", 63, 64)]
    public void Load_JwtSecret_IsAsLongAsTheHash(string algorithm, int tooShort, int least)
    {
        using ProfileFile file = new();
        string Yaml(int length) => Jwt.Replace("ALG", algorithm, StringComparison.Ordinal).Replace("SECRET", new string('x', length), StringComparison.Ordinal);

        Assert.Equal(
            [$"tars.yaml:1:57: api.jwt_secret: is shorter than {least} bytes, the least for {algorithm}; make one with 'openssl rand -base64 48'"],
            file.Refusals("local", Requirements.Service, Yaml(tooShort)));
        Assert.Empty(file.Refusals("local", Requirements.Service, Yaml(least)));
    }

    [Fact]
    public void Load_JwtSecretInOtherLetters_IsCountedInBytes()
    {
        using ProfileFile file = new();

        // 16 letters of two bytes each in UTF-8.
        Assert.Empty(file.Refusals("local", Requirements.Service, Jwt.Replace("ALG", "HS256", StringComparison.Ordinal).Replace("SECRET", new string('ä', 16), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("signing_enabled: true", "security.signing_enabled: signing needs a key; write security.key_ring or security.signing_key_path, or put signing_key into the secret backend")]
    [InlineData("encryption_enabled: true", "security.encryption_enabled: encryption needs a key; write security.key_ring or security.encryption_key_path, or put encryption_key into the secret backend")]
    [InlineData("signing_enabled: true, signing_key_path: none.pem", "security.signing_key_path: there is no file none.pem")]
    [InlineData("encryption_enabled: true, encryption_key_path: none.key", "security.encryption_key_path: there is no file none.key")]
    [InlineData("signing_enabled: true, key_ring: nowhere", "security.key_ring: there is no folder nowhere")]
    [InlineData("signing_enabled: true, key_ring: keys", null)]
    [InlineData("signing_enabled: true, key_path: keys", null)]
    [InlineData("signing_enabled: true, signing_key_path: keys/a", null)]
    [InlineData("signing_enabled: true, signing_key: x", null)]
    [InlineData("signing_key_path: none.pem", null)]
    public void Load_SealingWithoutAKey_IsRefusedByEveryCommand(string security, string? refusal)
    {
        using ProfileFile file = new();
        foreach (Requirements requirements in (Requirements[])[Requirements.Command, Requirements.Service])
        {
            string[] refusals = ProfileFile.WithoutMissing(file.Refusals("local", requirements, $"security: {{{security}}}\n"));
            Assert.Equal(refusal is null ? 0 : 1, refusals.Length);
            Assert.All(refusals, text => Assert.EndsWith(": " + refusal, text, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("storage: {database_user: u}", "1:26: storage.database_user: is given without database_url; write database_url, or leave it out")]
    [InlineData("storage: {database_url: \"postgresql://d/t\", database_password: p}", "1:64: storage.database_password: is given without database_user; write database_user, or leave it out")]
    [InlineData("storage: {redis_password: p}", "1:27: storage.redis_password: is given without redis_url; write redis_url, or leave it out")]
    [InlineData("storage: {blobs: {bucket: abc, access_key_id: k}}", "1:47: storage.blobs.access_key_id: is given without secret_access_key; write secret_access_key, or leave it out")]
    [InlineData("storage: {blobs: {prefix: a}}", "1:27: storage.blobs.prefix: is given without bucket; write bucket, or leave it out")]
    [InlineData("notifications: {smtp: {password: p}}", "1:34: notifications.smtp.password: is given without username; write username, or leave it out")]
    [InlineData("notifications: {channels: {a: {on: [failed]}}}", "1:31: notifications.channels.a: reaches nobody; write email or webhook_url")]
    [InlineData("notifications: {channels: {a: {email: [a@b]}}}", "1:39: notifications.channels.a.email: needs a mail server; write notifications.smtp.host and notifications.smtp.from")]
    [InlineData("notifications: {channels: {a: {email: [a@b], webhook_secret: s}}, smtp: {host: h, from: a@b}}", "1:62: notifications.channels.a.webhook_secret: is given without webhook_url; write webhook_url, or leave it out")]
    public void Load_HalfOfAPair_IsRefusedByEverybody(string yaml, string refusal)
    {
        using ProfileFile file = new();

        Assert.Equal(["tars.yaml:" + refusal], file.Refusals("local", Requirements.None, yaml));
    }

    [Theory]
    [InlineData("sbom_enabled", "a bill of materials is not available yet, and a report that was to be made with it is not made without")]
    [InlineData("slsa_enabled", "provenance is not available yet, and a report that was to be made with it is not made without")]
    [InlineData("pgp_enabled", "OpenPGP for reports is not available yet, and a report that was to be made with it is not made without")]
    public void Load_FeatureThatThisVersionLacks_IsRefused(string key, string refusal)
    {
        using ProfileFile file = new();

        Assert.Equal([$"tars.yaml:1:{14 + key.Length}: security.{key}: {refusal}"], file.Refusals("local", Requirements.Command, $"security: {{{key}: true}}\n"));
    }
}

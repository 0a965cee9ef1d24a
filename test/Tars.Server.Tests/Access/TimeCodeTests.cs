using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.Server.Access.SecondFactors;
using Xunit;

namespace Tars.Server.Tests.Access;

public sealed class TimeCodeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory] // RFC 6238, appendix B.
    [InlineData(59, "94287082", "46119246", "90693936")]
    [InlineData(1111111109, "07081804", "68084774", "25091201")]
    [InlineData(1111111111, "14050471", "67062674", "99943326")]
    [InlineData(1234567890, "89005924", "91819424", "93441116")]
    [InlineData(2000000000, "69279037", "90698825", "38618901")]
    [InlineData(20000000000, "65353130", "77737706", "47863826")]
    public void Of_VectorsOfRfc6238_AreItsCodes(long seconds, string sha1, string sha256, string sha512)
    {
        long step = TimeCode.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds));
        Assert.Equal(
            (sha1, sha256, sha512),
            (TimeCode.Of(Seed(20), step, 8, HashAlgorithmName.SHA1), TimeCode.Of(Seed(32), step, 8, HashAlgorithmName.SHA256), TimeCode.Of(Seed(64), step, 8, HashAlgorithmName.SHA512)));
        Assert.Equal(step, TimeCode.Match(Seed(20), sha1[2..], DateTimeOffset.FromUnixTimeSeconds(seconds))); // the last six digits of eight
    }

    [Theory] // RFC 4648, section 10, without padding.
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_VectorsOfRfc4648_AreItsTexts(string text, string expected) => Assert.Equal(expected, TimeCode.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public async Task LogIn_RoleThatNeedsASecondFactor_TakesEachCodeOnce()
    {
        FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-01T00:00:00Z", null));
        await using AccessServer server = await AccessServer.StartAsync(clock, $"api:\n  rate_limit_enabled: false\n  jwt_secret: {AccessServer.Secret}\n  require_mfa: [admin]", audited: false);
        await server.AddUserAsync("root", "admin");
        await server.AddUserAsync("ann", "sre");
        Assert.Equal((HttpStatusCode.Forbidden, "SECOND_FACTOR_MISSING"), await TryAsync(server, "root", null));
        await server.LogInAsync("ann"); // whose role needs none

        using HttpResponseMessage made = await server.PostAsync("/auth/factor", Form("root", null));
        JsonObject factor = (await made.Content.ReadFromJsonAsync<JsonObject>(Token))!;
        byte[] secret = Decode((string)factor["secret"]!);
        Assert.Equal($"otpauth://totp/tars:root?secret={(string)factor["secret"]!}&issuer=tars", (string)factor["otpauth_uri"]!);
        Assert.Equal((HttpStatusCode.Forbidden, "SECOND_FACTOR_MISSING"), await TryAsync(server, "root", null)); // it does not count yet
        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await TryAsync(server, "root", CodeAt(TimeSpan.FromMinutes(5))));
        string code = CodeAt(TimeSpan.Zero);
        await server.LogInAsync("root", code);
        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await TryAsync(server, "root", code)); // once
        Assert.Equal((HttpStatusCode.Unauthorized, "SECOND_FACTOR_NEEDED"), await TryAsync(server, "root", null));
        await server.LogInAsync("root", CodeAt(TimeSpan.FromSeconds(30))); // a phone that is half a minute ahead
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), await TryAsync(server, "root", CodeAt(TimeSpan.Zero))); // that code was used
        using HttpResponseMessage again = await server.PostAsync("/auth/factor", Form("root", null));
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode); // whoever has the password alone makes no second one

        string CodeAt(TimeSpan ahead) => TimeCode.Of(secret, TimeCode.StepOf(clock.GetUtcNow() + ahead), 6, HashAlgorithmName.SHA1);
    }

    private static JsonObject Form(string login, string? code) => new() { ["username"] = login, ["password"] = AccessServer.Password, ["code"] = code };

    private static async Task<(HttpStatusCode Status, string? Code)> TryAsync(AccessServer server, string login, string? code)
    {
        using HttpResponseMessage answer = await server.PostAsync("/auth/login", Form(login, code));
        return (answer.StatusCode, (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!["error_code"]);
    }

    private static byte[] Seed(int length) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1234567890", 7))[..length]);

    private static byte[] Decode(string base32)
    {
        List<byte> bytes = [];
        int held = 0, bits = 0;
        foreach (char one in base32)
        {
            held = (held << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(one, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bytes.Add((byte)(held >> (bits - 8)));
                bits -= 8;
                held &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }
}

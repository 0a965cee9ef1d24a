using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tars.Server.Access;
using Tars.Server.Access.Tokens;
using Tars.Storage;
using Tars.Storage.Identity;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>Access tokens, beside Microsoft.IdentityModel as another implementation.</summary>
public sealed class AccessTokenTests : IAsyncLifetime, IDisposable
{
    private static readonly TokenSettings Settings = new(
        AccessServer.Secret, null, "HS256", "tars", "tars-api", TimeSpan.FromHours(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromMinutes(2), TimeSpan.FromDays(30));

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-03-01T00:00:00Z", null));
    private readonly TemporaryDirectory _folder = new();
    private Store _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TokenFamily Family => new(Guid.NewGuid(), Guid.NewGuid(), 3, _clock.GetUtcNow(), _clock.GetUtcNow(), _clock.GetUtcNow().AddDays(7), _clock.GetUtcNow().AddDays(30));

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("ES256")]
    public async Task IssueAsync_Token_HoldsForAnotherImplementation(string algorithm)
    {
        TokenSettings settings = Settings with { Algorithm = algorithm };
        using TokenMint mint = new(settings, _store.SigningKeys, _clock);
        TokenFamily family = Family;
        string text = (await mint.IssueAsync(family, Role.Sre, Token)).AccessToken;
        SecurityKey key = algorithm == "ES256"
            ? JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create((await mint.Keys.PublicKeysAsync(Token))[0].Public)))
            : new SymmetricSecurityKey(mint.Secrets.Signing[0].Key);
        TokenValidationResult result = await new JsonWebTokenHandler().ValidateTokenAsync(text, Parameters(key, algorithm));
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(("sre", family.UserId.ToString(), family.Id.ToString()), (result.Claims["role"], result.Claims["sub"], result.Claims["sid"]));
        Assert.Equal(_clock.GetUtcNow().AddHours(1), new DateTimeOffset(((JsonWebToken)result.SecurityToken).ValidTo));

        using CompactToken token = CompactToken.Read(text)!;
        TokenReading reading = await mint.VerifyAsync(token, Token);
        Assert.Equal((family.UserId, family.Id, Role.Sre), (reading.Token!.UserId, reading.Token.FamilyId, reading.Token.Role));
    }

    [Fact]
    public async Task VerifyAsync_TokenOfAnotherImplementation_HoldsWhenItSaysTheSame()
    {
        using TokenMint mint = new(Settings, _store.SigningKeys, _clock);
        Assert.Null(await RefusalAsync(mint, Theirs(mint)));
        Assert.Equal("another audience", await RefusalAsync(mint, Theirs(mint, descriptor => descriptor.Audience = "others")));
        Assert.Equal("another issuer", await RefusalAsync(mint, Theirs(mint, descriptor => descriptor.Issuer = "others")));
        Assert.Equal("a claim is missing", await RefusalAsync(mint, Theirs(mint, descriptor => descriptor.Claims.Remove("sid"))));
        Assert.Equal("a claim is missing", await RefusalAsync(mint, Theirs(mint, descriptor => descriptor.Claims["role"] = "root")));
        Assert.Equal("not an access token", await RefusalAsync(mint, Theirs(mint, descriptor => descriptor.TokenType = "JWT")));
        Assert.Equal("from the future", await RefusalAsync(mint, Theirs(mint, descriptor => (descriptor.IssuedAt, descriptor.Expires) = (descriptor.IssuedAt!.Value.AddMinutes(5), descriptor.Expires!.Value.AddMinutes(5)))));
        string token = Theirs(mint);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("expired", await RefusalAsync(mint, token));
    }

    [Fact]
    public async Task VerifyAsync_HeaderThatChooses_IsNotFollowed()
    {
        using TokenMint mint = new(Settings, _store.SigningKeys, _clock);
        string[] parts = (await mint.IssueAsync(Family, Role.Admin, Token)).AccessToken.Split('.');
        string keyId = mint.Secrets.Signing[0].Id;
        foreach (string algorithm in (string[])["none", "None", "HS384", "HS512", "RS256", "ES256"])
        {
            string header = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{keyId}}"}""");
            byte[] signature = algorithm == "HS512" ? HMACSHA512.HashData(mint.Secrets.Signing[0].Key, Encoding.ASCII.GetBytes($"{header}.{parts[1]}")) : Base64UrlEncoder.DecodeBytes(parts[2]);
            Assert.Equal("another algorithm", await RefusalAsync(mint, $"{header}.{parts[1]}.{Base64UrlEncoder.Encode(signature)}"));
        }

        string critical = Base64UrlEncoder.Encode($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{keyId}}","crit":["b64"],"b64":false}""");
        Assert.Equal("unknown key", await RefusalAsync(mint, $"{critical}.{parts[1]}.{Sign(mint, $"{critical}.{parts[1]}")}"));
        string other = Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"at+jwt","kid":"other"}""");
        Assert.Equal("unknown key", await RefusalAsync(mint, $"{other}.{parts[1]}.{Sign(mint, $"{other}.{parts[1]}")}"));
        Assert.Null(CompactToken.Read($"{parts[0]}.{parts[1]}."));
        Assert.Null(CompactToken.Read($"{parts[0]}.{parts[1]}"));
        Assert.Null(CompactToken.Read($"{parts[0]}.{parts[1]}.{parts[2]}="));
        Assert.Null(CompactToken.Read($"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}"));
        using CompactToken half = CompactToken.Read($"{Base64UrlEncoder.Encode("""{"alg":"\ud800","kid":"\udfff"}""")}.{parts[1]}.{parts[2]}")!;
        Assert.Null(half.Header("alg"));
        Assert.Null(CompactToken.Read($"{Base64UrlEncoder.Encode("""{"alg":"none","alg":"HS256"}""")}.{parts[1]}.{parts[2]}"));
    }

    [Fact]
    public async Task VerifyAsync_EachBitOfATokenTurned_IsRefused()
    {
        using TokenMint mint = new(Settings, _store.SigningKeys, _clock);
        byte[] text = Encoding.ASCII.GetBytes((await mint.IssueAsync(Family, Role.Admin, Token)).AccessToken);
        for (int bit = 0; bit < text.Length * 8; bit++)
        {
            text[bit / 8] ^= (byte)(1 << (bit % 8));
            using CompactToken? token = CompactToken.Read(Encoding.Latin1.GetString(text));
            Assert.True(token is null || (await mint.VerifyAsync(token, Token)).Refusal is not null, $"bit {bit}");
            text[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public async Task VerifyAsync_SecretReplaced_TakesTokensOfTheOneBefore()
    {
        using TokenMint before = new(Settings, _store.SigningKeys, _clock);
        TokenPair pair = await before.IssueAsync(Family, Role.Sre, Token);
        using TokenMint after = new(Settings with { Secret = new string('n', 40), PreviousSecret = Settings.Secret }, _store.SigningKeys, _clock);
        Assert.Null(await RefusalAsync(after, pair.AccessToken));
        Assert.Equal(3, RefreshToken.Read(pair.RefreshToken, after.Secrets)!.Value.Counter);
        using TokenMint later = new(Settings with { Secret = new string('n', 40) }, _store.SigningKeys, _clock);
        Assert.Equal("unknown key", await RefusalAsync(later, pair.AccessToken));
        Assert.Null(RefreshToken.Read(pair.RefreshToken, later.Secrets));
    }

    [Fact]
    public async Task SigningKeyAsync_KeyThatSignedLongEnough_IsReplacedAndStillVerifies()
    {
        TokenSettings settings = Settings with { Algorithm = "ES256" };
        using TokenMint mint = new(settings, _store.SigningKeys, _clock), replica = new(settings, _store.SigningKeys, _clock);
        _clock.Advance(TimeSpan.FromHours(1));
        string first = (await mint.IssueAsync(Family, Role.Sre, Token)).AccessToken;
        Assert.Null(await RefusalAsync(replica, first));
        _clock.Advance(settings.KeyRotation - TimeSpan.FromMinutes(30));
        string last = (await mint.IssueAsync(Family, Role.Sre, Token)).AccessToken;
        _clock.Advance(TimeSpan.FromMinutes(31));
        string next = (await replica.IssueAsync(Family, Role.Sre, Token)).AccessToken;
        Assert.NotEqual(last.Split('.')[0], next.Split('.')[0]);
        Assert.Null(await RefusalAsync(mint, next));
        Assert.Null(await RefusalAsync(replica, last));
        Assert.Equal(2, (await mint.Keys.PublicKeysAsync(Token)).Count);
        Assert.DoesNotContain("BEGIN", (await _store.SigningKeys.ListAsync(Token))[0].SealedKey, StringComparison.Ordinal);
        _clock.Advance(settings.Lifetime + TimeSpan.FromMinutes(10));
        Assert.Single(await mint.Keys.PublicKeysAsync(Token));
    }

    [Fact]
    public void Read_RefreshTokenWithAnyBitTurned_IsNone()
    {
        TokenSecrets secrets = new(AccessServer.Secret, null);
        RefreshToken token = new(Guid.NewGuid(), 41);
        string text = token.Write(secrets);
        Assert.Equal(token, RefreshToken.Read(text, secrets));
        Assert.Equal(text, token.Write(new TokenSecrets(AccessServer.Secret, null))); // whoever computes it
        char[] changed = text.ToCharArray();
        for (int i = 0; i < changed.Length; i++)
        {
            for (int bit = 0; bit < 7; bit++)
            {
                changed[i] ^= (char)(1 << bit);
                Assert.Null(RefreshToken.Read(new string(changed), secrets));
                changed[i] ^= (char)(1 << bit);
            }

            Assert.Null(RefreshToken.Read(text[..i], secrets));
        }
    }

    public async ValueTask InitializeAsync() => _store = await Store.OpenAsync(StoreAddress.Parse($"sqlite:{_folder.Combine("store.db")}"), _clock, null, Token);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Dispose();
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string?> RefusalAsync(TokenMint mint, string text)
    {
        using CompactToken token = CompactToken.Read(text)!;
        return (await mint.VerifyAsync(token, Token)).Refusal;
    }

    private static string Sign(TokenMint mint, string text) => Base64UrlEncoder.Encode(HMACSHA256.HashData(mint.Secrets.Signing[0].Key, Encoding.ASCII.GetBytes(text)));

    private string Theirs(TokenMint mint, Action<SecurityTokenDescriptor>? change = null)
    {
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        SecurityTokenDescriptor descriptor = new()
        {
            Issuer = "tars",
            Audience = "tars-api",
            TokenType = "at+jwt",
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = Guid.NewGuid().ToString(), ["sid"] = Guid.NewGuid().ToString(), ["jti"] = Guid.NewGuid().ToString(), ["role"] = "sre" },
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(mint.Secrets.Signing[0].Key) { KeyId = mint.Secrets.Signing[0].Id }, "HS256"),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler().CreateToken(descriptor);
    }

    private TokenValidationParameters Parameters(SecurityKey key, string algorithm) => new()
    {
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = true,
        ValidIssuer = "tars",
        ValidAudience = "tars-api",
        ValidAlgorithms = [algorithm],
        ValidTypes = ["at+jwt"],
        RequireExpirationTime = true,
        LifetimeValidator = (_, expires, _, _) => expires > _clock.GetUtcNow().UtcDateTime,
    };
}

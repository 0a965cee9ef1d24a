using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Tars.Server.Access.Tokens;

namespace Tars.Server.Access.External;

/// <summary>
/// The keys of an issuer elsewhere, fetched over HTTP and kept: fetched again when they are old, and when a token names a key that is not among them, yet never more often
/// than every ten seconds, so that nobody can make this server ask without end.
/// </summary>
internal sealed class IssuerKeys(Uri issuer, HttpClient client, TimeProvider time) : IDisposable
{
    /// <summary>How long keys are believed without being fetched again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>The least time between two fetches.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(10);

    private const int MostKeys = 100;
    private const int LeastRsaBits = 2048;

    private readonly SemaphoreSlim _turn = new(1);
    private KeySet? _set;
    private DateTimeOffset _tried = DateTimeOffset.MinValue;

    /// <summary>The key of an id, for an algorithm; null when the issuer has none.</summary>
    /// <exception cref="ExternalIssuerException">The issuer does not answer, and no keys of it are known.</exception>
    public async ValueTask<TokenKey?> FindAsync(string keyId, string algorithm, CancellationToken cancellationToken)
    {
        KeySet? set = Volatile.Read(ref _set);
        if (set is null || time.GetUtcNow() - set.Fetched >= Lifetime || !set.Keys.Any(key => key.KeyId == keyId))
        {
            set = await FetchAsync(set, cancellationToken);
        }

        return set.Keys.FirstOrDefault(key => key.KeyId == keyId && key.Algorithm == algorithm);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        _turn.Dispose();
    }

    private async Task<KeySet> FetchAsync(KeySet? before, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            KeySet? known = Volatile.Read(ref _set);
            DateTimeOffset now = time.GetUtcNow();
            if (known != before || (now - _tried < LeastPause && known is not null))
            {
                return known!;
            }

            if (now - _tried < LeastPause)
            {
                throw new ExternalIssuerException($"{issuer}: its keys could not be fetched a moment ago");
            }

            _tried = now;
            KeySet fetched = new(await ReadAsync(cancellationToken), now);
            Volatile.Write(ref _set, fetched);
            return fetched;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException or InvalidDataException && !cancellationToken.IsCancellationRequested)
        {
            // Keys that are known outlive an outage of the issuer for a while; without any, nobody can be let in.
            return before is not null && time.GetUtcNow() - before.Fetched < Lifetime * 2
                ? before
                : throw new ExternalIssuerException($"{issuer}: its keys cannot be fetched: {exception.Message}", exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<TokenKey>> ReadAsync(CancellationToken cancellationToken)
    {
        using JsonDocument discovery = JsonDocument.Parse(await client.GetByteArrayAsync(new Uri(issuer.OriginalString.TrimEnd('/') + "/.well-known/openid-configuration"), cancellationToken));
        if (!discovery.RootElement.TryGetProperty("issuer", out JsonElement named) || named.GetString() != issuer.OriginalString)
        {
            throw new InvalidDataException("the discovery document is another issuer's");
        }

        if (!discovery.RootElement.TryGetProperty("jwks_uri", out JsonElement address) || !Uri.TryCreate(address.GetString(), UriKind.Absolute, out Uri? keys)
            || (keys.Scheme != Uri.UriSchemeHttps && !keys.IsLoopback))
        {
            throw new InvalidDataException("the discovery document names no jwks_uri over https");
        }

        using JsonDocument set = JsonDocument.Parse(await client.GetByteArrayAsync(keys, cancellationToken));
        return !set.RootElement.TryGetProperty("keys", out JsonElement list) || list.ValueKind != JsonValueKind.Array
            ? throw new InvalidDataException("the set of keys has no keys")
            : [.. list.EnumerateArray().Take(MostKeys).SelectMany(KeysOf)];
    }

#pragma warning disable CA2000 // the keys own what they are made of, and live as long as requests verify with them
    private static IEnumerable<TokenKey> KeysOf(JsonElement key)
    {
        string? Text(string name) => key.ValueKind == JsonValueKind.Object && key.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (Text("kid") is not { Length: > 0 } id || Text("use") is not (null or "sig"))
        {
            yield break;
        }

        string? only = Text("alg");
        switch (Text("kty"))
        {
            case "RSA" when Bytes(Text("n")) is { } modulus && Bytes(Text("e")) is { } exponent && modulus.Length * 8 >= LeastRsaBits:
                foreach (string algorithm in (string[])["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
                {
                    if (only is null || only == algorithm)
                    {
                        yield return new TokenKey.Rsa(id, algorithm, RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }));
                    }
                }

                break;
            case "EC" when Text("crv") is "P-256" && only is null or "ES256" && Bytes(Text("x")) is { Length: 32 } x && Bytes(Text("y")) is { Length: 32 } y:
                yield return new TokenKey.Ecdsa(id, "ES256", ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }));
                break;
        }
    }

#pragma warning restore CA2000

    private static byte[]? Bytes(string? text) => text is not null && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private sealed record KeySet(IReadOnlyList<TokenKey> Keys, DateTimeOffset Fetched);
}

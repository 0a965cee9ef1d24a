using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Tokens;

/// <summary>An identity provider: signs tokens for workloads with a key of its own. A CI system or a cluster in miniature.</summary>
public sealed class TokenIssuer : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    /// <summary>A new issuer with a new key.</summary>
    /// <param name="issuer">Value of <c>iss</c>.</param>
    /// <param name="time">The clock for <c>iat</c>, <c>nbf</c> and <c>exp</c>.</param>
    /// <param name="algorithm">RS256 or ES256.</param>
    public TokenIssuer(string issuer, TimeProvider time, string algorithm = "RS256")
    {
        Issuer = issuer;
        Time = time;
        Algorithm = algorithm;
        _key = algorithm switch
        {
            "RS256" => RSA.Create(2048),
            "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            _ => throw new ArgumentException($"{algorithm} is not RS256 or ES256", nameof(algorithm)),
        };
    }

    /// <summary>Value of <c>iss</c>.</summary>
    public string Issuer { get; }

    /// <summary>The algorithm of its signatures.</summary>
    public string Algorithm { get; }

    /// <summary>Its public key, by which its tokens are checked.</summary>
    public AsymmetricAlgorithm Key => _key;

    private TimeProvider Time { get; }

    /// <summary>A token for a subject and an audience, valid from now.</summary>
    /// <param name="subject">Value of <c>sub</c>.</param>
    /// <param name="audience">Value of <c>aud</c>.</param>
    /// <param name="lifetime">From now to <c>exp</c>; ten minutes unless given. A negative one makes an expired token.</param>
    /// <param name="claims">More claims; one of a name above replaces it, and null takes it out.</param>
    public string Issue(string subject, string audience, TimeSpan? lifetime = null, IReadOnlyDictionary<string, JsonNode?>? claims = null)
    {
        long now = Time.GetUtcNow().ToUnixTimeSeconds();
        JsonObject body = new()
        {
            ["iss"] = Issuer,
            ["sub"] = subject,
            ["aud"] = audience,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + (long)(lifetime ?? TimeSpan.FromMinutes(10)).TotalSeconds,
        };
        foreach ((string name, JsonNode? value) in claims ?? new Dictionary<string, JsonNode?>())
        {
            if (value is null)
            {
                body.Remove(name);
            }
            else
            {
                body[name] = value.DeepClone();
            }
        }

        return Sign(new JsonObject { ["alg"] = Algorithm, ["typ"] = "JWT" }, body);
    }

    /// <summary>The compact form of any header and claims, signed with this issuer's key and algorithm whatever the header says.</summary>
    public string Sign(JsonObject header, JsonObject claims)
    {
        string input = $"{Encode(header.ToJsonString())}.{Encode(claims.ToJsonString())}";
        byte[] bytes = Encoding.ASCII.GetBytes(input);
        byte[] signature = _key switch
        {
            RSA rsa => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsa ecdsa => ecdsa.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key.Dispose();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

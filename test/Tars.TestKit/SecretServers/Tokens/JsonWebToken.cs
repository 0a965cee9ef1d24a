using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Tokens;

/// <summary>A signed JSON Web Token in its three parts (RFC 7515 section 7.1, RFC 7519). Reading it says nothing about its signature.</summary>
/// <param name="Header">The JOSE header.</param>
/// <param name="Claims">The claims.</param>
/// <param name="SigningInput">The bytes that are signed.</param>
/// <param name="Signature">The signature.</param>
public sealed record JsonWebToken(JsonObject Header, JsonObject Claims, ReadOnlyMemory<byte> SigningInput, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The algorithm the header names; empty without one.</summary>
    public string Algorithm => Text(Header, "alg") ?? "";

    /// <summary>The issuer, or null.</summary>
    public string? Issuer => Text(Claims, "iss");

    /// <summary>The subject, or null.</summary>
    public string? Subject => Text(Claims, "sub");

    /// <summary>The audiences; empty without any. RFC 7519 section 4.1.3 allows a string or an array.</summary>
    public IReadOnlyList<string> Audiences => Claims["aud"] switch
    {
        JsonValue value when value.TryGetValue(out string? one) => [one],
        JsonArray many => [.. many.OfType<JsonValue>().Select(item => item.TryGetValue(out string? text) ? text : "")],
        _ => [],
    };

    /// <summary>Reads a compact token; null when it is not three parts of base64url without padding, the first two of them JSON objects.</summary>
    public static JsonWebToken? Parse(string? compact)
    {
        if (compact?.Split('.') is not [string header, string claims, string signature])
        {
            return null;
        }

        if (Decode(header) is not { } headerBytes || Decode(claims) is not { } claimBytes || Decode(signature) is not { Length: > 0 } signatureBytes)
        {
            return null;
        }

        return ReadObject(headerBytes) is { } head && ReadObject(claimBytes) is { } body
            ? new JsonWebToken(head, body, Encoding.ASCII.GetBytes($"{header}.{claims}"), signatureBytes)
            : null;
    }

    /// <summary>A time claim in seconds since 1970; null when it is absent or no number.</summary>
    public long? Seconds(string claim) => Claims[claim] is JsonValue value && value.TryGetValue(out double seconds) ? (long)seconds : null;

    /// <summary>A claim that is text; null when it is absent or anything else.</summary>
    public string? Claim(string name) => Text(Claims, name);

    /// <summary>
    /// Whether <paramref name="key"/> made the signature: RS256 with an RSA key, ES256 with a P-256 key (RFC 7518 sections 3.3, 3.4), PS256 with an RSA
    /// key (section 3.5). Any other algorithm, <c>none</c> and HMAC among them, is no signature.
    /// </summary>
    public bool IsSignedBy(AsymmetricAlgorithm key) => (Algorithm, key) switch
    {
        ("RS256", RSA rsa) => rsa.VerifyData(SigningInput.Span, Signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ("PS256", RSA rsa) => rsa.VerifyData(SigningInput.Span, Signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        ("ES256", ECDsa { KeySize: 256 } ecdsa) => ecdsa.VerifyData(SigningInput.Span, Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        _ => false,
    };

    private static string? Text(JsonObject from, string name) => from[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static byte[]? Decode(string part)
    {
        if (part.Contains('=', StringComparison.Ordinal) || !Base64Url.IsValid(part))
        {
            return null;
        }

        return Base64Url.DecodeFromChars(part);
    }

    private static JsonObject? ReadObject(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

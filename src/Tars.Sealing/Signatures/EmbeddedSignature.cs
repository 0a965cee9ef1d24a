using System.Security.Cryptography;
using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Signatures;

/// <summary>
/// JSON that carries its own signature, <c>{data, key_id, signature, signed_at, signer}</c>, and keeps it when it is re-formatted: what is
/// signed is the canonical form of the object without <c>signature</c>. Described in docs/formats/signature.md.
/// </summary>
/// <param name="KeyId">The key it names: 64 lower-case hexadecimal digits.</param>
/// <param name="Algorithm">How it was signed.</param>
/// <param name="Signature">The signature's bytes.</param>
/// <param name="SignedAt">When, as the signer says. The signature covers it.</param>
/// <param name="Signer">Who, as the signer says. The signature covers it.</param>
/// <param name="Sha256">SHA-256 of the signed bytes.</param>
public sealed record EmbeddedSignature(
    string KeyId,
    SignatureAlgorithm Algorithm,
    ReadOnlyMemory<byte> Signature,
    DateTimeOffset SignedAt,
    string Signer,
    ReadOnlyMemory<byte> Sha256)
{
    private const string RsaPrefix = "RSA-PSS:";
    private const string EcdsaPrefix = "ECDSA-P256:";

    /// <summary>Wraps a JSON text and signs it.</summary>
    /// <param name="utf8">One JSON value.</param>
    /// <param name="signer">The key.</param>
    /// <param name="signedAt">Now.</param>
    /// <param name="name">Who signs, for people; may be empty.</param>
    /// <returns>The signed text: canonical JSON with a final line feed.</returns>
    /// <exception cref="ArgumentException">The text has no canonical form; the message says where and why.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> utf8, ISigner signer, DateTimeOffset signedAt, string name)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(name);
        JsonTree data;
        try
        {
            data = JsonTreeReader.Read(utf8);
        }
        catch (JsonFormException exception)
        {
            throw new ArgumentException($"at byte {exception.Offset}: {exception.Message}", nameof(utf8), exception);
        }

        JsonTree.ObjectValue unsigned = JsonTree.Of(
            ("data", data),
            ("key_id", JsonTree.Of(signer.PublicKey.KeyId)),
            ("signed_at", JsonTree.Of(Utc.Text(signedAt))),
            ("signer", JsonTree.Of(name)));
        byte[] signature = signer.SignDigest(SHA256.HashData(CanonicalJsonWriter.Write(unsigned)));
        string text = (signer.PublicKey.Algorithm == SignatureAlgorithm.RsaPssSha256 ? RsaPrefix : EcdsaPrefix) + Convert.ToBase64String(signature);
        JsonTree.ObjectValue signed = unsigned with { Members = [.. unsigned.Members, new JsonTree.Member("signature", JsonTree.Of(text))] };
        return [.. CanonicalJsonWriter.Write(signed), (byte)'\n'];
    }

    /// <summary>Reads a signed JSON text in any layout.</summary>
    /// <param name="utf8">The text.</param>
    /// <returns>The signature; nothing is verified yet.</returns>
    /// <exception cref="JsonFormException">It is no such text.</exception>
    internal static EmbeddedSignature Read(ReadOnlySpan<byte> utf8)
    {
        JsonTree.ObjectValue tree = JsonTreeReader.ReadObject(utf8);
        JsonFields fields = new(tree);
        _ = tree.Find("data") ?? fields.Required("data");
        _ = fields.Optional("data");
        string keyId = fields.Sha256("key_id");
        string text = fields.Text("signature");
        DateTimeOffset signedAt = fields.Time("signed_at");
        string signer = fields.Text("signer");
        fields.End();
        SignatureAlgorithm algorithm = text.StartsWith(RsaPrefix, StringComparison.Ordinal) ? SignatureAlgorithm.RsaPssSha256 : SignatureAlgorithm.EcdsaP256Sha256;
        string prefix = algorithm == SignatureAlgorithm.RsaPssSha256 ? RsaPrefix : EcdsaPrefix;
        byte[]? signature = text.StartsWith(prefix, StringComparison.Ordinal) ? Base64Text.Decode(text[prefix.Length..]) : null;
        return signature is null
            ? throw fields.Wrong(fields.Required("signature"), "signature", $"{RsaPrefix} or {EcdsaPrefix} and standard Base64 are expected")
            : new EmbeddedSignature(keyId, algorithm, signature, signedAt, signer, SHA256.HashData(CanonicalJsonWriter.Write(tree.Without("signature"))));
    }
}

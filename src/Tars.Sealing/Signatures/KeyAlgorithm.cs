using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Tars.Sealing.Signatures;

/// <summary>Reads from a DER structure which algorithm its key is of.</summary>
internal static class KeyAlgorithm
{
    internal const string RsaOid = "1.2.840.113549.1.1.1";
    internal const string EllipticOid = "1.2.840.10045.2.1";

    /// <summary>The object identifier in a SubjectPublicKeyInfo.</summary>
    /// <exception cref="CryptographicException">It is no such structure.</exception>
    internal static string Of(ReadOnlySpan<byte> subjectPublicKeyInfo) => Of(subjectPublicKeyInfo, hasVersion: false);

    /// <summary>The object identifier in a PKCS#8 PrivateKeyInfo.</summary>
    /// <exception cref="CryptographicException">It is no such structure.</exception>
    internal static string OfPrivate(ReadOnlySpan<byte> privateKeyInfo) => Of(privateKeyInfo, hasVersion: true);

    private static string Of(ReadOnlySpan<byte> der, bool hasVersion)
    {
        try
        {
            AsnValueWalk walk = new(der);
            walk.Enter();
            if (hasVersion)
            {
                walk.Skip();
            }

            walk.Enter();
            return walk.Oid();
        }
        catch (AsnContentException exception)
        {
            throw new CryptographicException("the key is not DER", exception);
        }
    }

    // The decoder works on spans, so that no copy of a private key is left behind.
    private ref struct AsnValueWalk(ReadOnlySpan<byte> der)
    {
        private ReadOnlySpan<byte> _rest = der;

        internal void Enter()
        {
            AsnDecoder.ReadSequence(_rest, AsnEncodingRules.DER, out int offset, out int length, out _);
            _rest = _rest.Slice(offset, length);
        }

        internal void Skip()
        {
            AsnDecoder.ReadEncodedValue(_rest, AsnEncodingRules.DER, out _, out _, out int consumed);
            _rest = _rest[consumed..];
        }

        internal readonly string Oid() => AsnDecoder.ReadObjectIdentifier(_rest, AsnEncodingRules.DER, out _);
    }
}

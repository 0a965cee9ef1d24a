using System.Formats.Asn1;

namespace Tars.Sealing.Pkcs11;

/// <summary>PKCS #11 writes an ECDSA signature as r and s side by side (PKCS #11 3.1, section 6.3.1); files hold it as DER (RFC 3279, section 2.2.3).</summary>
internal static class EcdsaSignatureForm
{
    /// <param name="raw">r and s, each of half the length, big endian.</param>
    internal static byte[] ToDer(ReadOnlySpan<byte> raw)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Write(writer, raw[..(raw.Length / 2)]);
            Write(writer, raw[(raw.Length / 2)..]);
        }

        return writer.Encode();
    }

    private static void Write(AsnWriter writer, ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> digits = number.TrimStart((byte)0);
        writer.WriteIntegerUnsigned(digits.Length > 0 ? digits : [0]);
    }
}

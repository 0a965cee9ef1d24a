using System.Formats.Asn1;

namespace Tars.Sealing.Signatures;

/// <summary>The DER form of an ECDSA signature: a sequence of two positive integers with nothing around them.</summary>
internal static class EcdsaDer
{
    // Two integers of at most 33 bytes with their headers, in a sequence.
    private const int Longest = 72;

    internal static bool IsStrict(ReadOnlySpan<byte> signature)
    {
        if (signature.Length > Longest)
        {
            return false;
        }

        try
        {
            AsnDecoder.ReadSequence(signature, AsnEncodingRules.DER, out int offset, out int length, out int consumed);
            ReadOnlySpan<byte> content = signature.Slice(offset, length);
            bool positive = IsPositive(content, out int first) && IsPositive(content[first..], out int second) && first + second == content.Length;
            return positive && consumed == signature.Length;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool IsPositive(ReadOnlySpan<byte> content, out int consumed)
    {
        ReadOnlySpan<byte> value = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out consumed);
        return (value[0] & 0x80) == 0 && value.ContainsAnyExcept((byte)0);
    }
}

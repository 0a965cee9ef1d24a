using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Tars.Sealing.Signatures;

/// <summary>
/// RSASSA-PSS verification with SHA-256 and a salt of any length. The platform verifies a salt as long as the hash and no other; the
/// predecessor signed with the longest salt that fits. Public values only, so running time may depend on them.
/// Source: RFC 8017 sections 5.2.2, 8.1.2, 9.1.2 and B.2.1.
/// </summary>
internal static class EmsaPss
{
    private const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>The longest salt that a signature with a modulus of so many bits has room for.</summary>
    internal static int MaximumSaltLength(int modulusBits) => EncodedLength(modulusBits) - HashLength - 2;

    /// <summary>Whether a signature with exactly this salt length is the key's.</summary>
    internal static bool Verify(in RSAParameters key, ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> signature, int saltLength)
    {
        BigInteger modulus = new(key.Modulus, isUnsigned: true, isBigEndian: true);
        int modulusBits = (int)modulus.GetBitLength();
        if (signature.Length != (modulusBits + 7) / 8)
        {
            return false;
        }

        BigInteger s = new(signature, isUnsigned: true, isBigEndian: true);
        if (s >= modulus)
        {
            return false;
        }

        byte[] encoded = new byte[EncodedLength(modulusBits)];
        byte[] message = BigInteger.ModPow(s, new BigInteger(key.Exponent, isUnsigned: true, isBigEndian: true), modulus).ToByteArray(isUnsigned: true, isBigEndian: true);
        if (message.Length > encoded.Length)
        {
            return false;
        }

        message.CopyTo(encoded.AsSpan(encoded.Length - message.Length));
        return IsConsistent(encoded, modulusBits - 1, sha256, saltLength);
    }

    // EMSA-PSS-VERIFY, with the steps of section 9.1.2.
    private static bool IsConsistent(Span<byte> encoded, int encodedBits, ReadOnlySpan<byte> sha256, int saltLength)
    {
        int blockLength = encoded.Length - HashLength - 1;
        int paddingLength = blockLength - saltLength - 1;
        if (saltLength < 0 || paddingLength < 0 || encoded[^1] != 0xbc)
        {
            return false;
        }

        Span<byte> block = encoded[..blockLength];
        ReadOnlySpan<byte> hash = encoded.Slice(blockLength, HashLength);
        byte unused = (byte)(0xff00 >> ((8 * encoded.Length) - encodedBits));
        if ((block[0] & unused) != 0)
        {
            return false;
        }

        Mask(block, hash);
        block[0] &= (byte)~unused;
        if (block[..paddingLength].ContainsAnyExcept((byte)0) || block[paddingLength] != 1)
        {
            return false;
        }

        Span<byte> input = new byte[8 + HashLength + saltLength];
        sha256.CopyTo(input[8..]);
        block[(paddingLength + 1)..].CopyTo(input[(8 + HashLength)..]);
        return SHA256.HashData(input).AsSpan().SequenceEqual(hash);
    }

    // MGF1 with SHA-256, added to the block in place.
    private static void Mask(Span<byte> block, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[HashLength + sizeof(uint)];
        Span<byte> output = stackalloc byte[HashLength];
        seed.CopyTo(input);
        for (int at = 0; at < block.Length; at += HashLength)
        {
            BinaryPrimitives.WriteInt32BigEndian(input[HashLength..], at / HashLength);
            SHA256.HashData(input, output);
            for (int i = 0; i < HashLength && at + i < block.Length; i++)
            {
                block[at + i] ^= output[i];
            }
        }
    }

    private static int EncodedLength(int modulusBits) => (modulusBits - 1 + 7) / 8;
}

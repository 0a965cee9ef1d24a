using System.Security.Cryptography;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>
/// AES-GCM alone lets one ciphertext open under two keys to two different contents (Dodis, Grubbs, Ristenpart, Woodage, 2018). Such a
/// ciphertext is made here, and put into files with a recipient for each key: at most one recipient ever gets a content.
/// </summary>
public sealed class TwoKeyTests
{
    private const int Blocks = 4;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public async Task Open_FileMadeForTwoContents_GivesAtMostOne(int committedTo, int authenticatedBy)
    {
        Random random = new(Seeds.Draw());
        KeyEncryptionKey[] recipients = [SealedSample.Key("ann"), SealedSample.Key("bob")];
        byte[] uncommitted = [.. "TARSEAL\u0001"u8, 14, 10, .. "text/plain"u8, .. SealedSample.Bytes(random, 32)];
        FileKeys[] keys = [Derived(random, uncommitted), Derived(random, uncommitted)];
        byte[] fixedPart = [.. uncommitted, .. keys[committedTo].Commitment];
        byte[][] wrapped = [HeaderKeys.Wrap(recipients[0], fixedPart, keys[0]), HeaderKeys.Wrap(recipients[1], fixedPart, keys[1])];
        byte[] header = HeaderKeys.Assemble(fixedPart, wrapped, keys[authenticatedBy]).Bytes.ToArray();
        byte[] chunk = Collision(random, keys[0].ChunkKey, keys[1].ChunkKey);

        byte[][] contents = [.. keys.Select(key => OpenAlone(key, chunk))];
        Assert.NotEqual(contents[0], contents[1]); // both open: without commitment and MAC this file would have two contents
        for (int i = 0; i < 2; i++)
        {
            (OpenResult result, byte[] handedOut) = await SealedSample.OpenAsync([.. header, .. chunk], recipients[i]);
            bool isMeant = i == committedTo && i == authenticatedBy;
            Assert.Equal(isMeant, result is OpenResult.Opened);
            Assert.Equal(isMeant ? contents[i] : [], handedOut);
            if (i != committedTo)
            {
                Assert.StartsWith("the header commits to another data key", Assert.IsType<OpenResult.Damaged>(result).Reason, StringComparison.Ordinal);
            }
        }
    }

    private static FileKeys Derived(Random random, byte[] uncommitted)
    {
        FileKeys keys = new();
        random.NextBytes(keys.DataKey);
        keys.Derive(uncommitted);
        return keys;
    }

    private static byte[] OpenAlone(FileKeys keys, byte[] chunk)
    {
        byte[] plain = new byte[16 * Blocks];
        using Aes256Gcm cipher = new(keys.ChunkKey);
        Assert.True(cipher.TryOpen(Nonce(), chunk.AsSpan(0, plain.Length), chunk.AsSpan(plain.Length), plain));
        return plain;
    }

    /// <summary>
    /// A chunk that both keys open. The tag is a polynomial in the hash key, with the ciphertext's blocks as coefficients (NIST SP 800-38D, 6.4):
    /// equal tags are one linear equation in the first block.
    /// </summary>
    private static byte[] Collision(Random random, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        UInt128 h1 = Encrypt(first, new byte[16]);
        UInt128 h2 = Encrypt(second, new byte[16]);
        byte[] counter = [.. Nonce(), 0, 0, 0, 1];
        UInt128 mask1 = Encrypt(first, counter);
        UInt128 mask2 = Encrypt(second, counter);
        UInt128[] blocks = [0, .. Enumerable.Range(1, Blocks - 1).Select(_ => Read(SealedSample.Bytes(random, 16)))];
        UInt128 difference = Tag(h1, mask1, blocks) ^ Tag(h2, mask2, blocks);
        blocks[0] = Multiply(difference, Inverse(Power(h1, Blocks + 1) ^ Power(h2, Blocks + 1)));
        return [.. blocks.SelectMany(Write), .. Write(Tag(h1, mask1, blocks))];
    }

    private static UInt128 Tag(UInt128 h, UInt128 mask, UInt128[] blocks)
    {
        UInt128 length = (UInt128)(ulong)(Blocks * 128);
        return blocks.Append(length).Aggregate(UInt128.Zero, (sum, block) => Multiply(sum ^ block, h)) ^ mask;
    }

    private static UInt128 Multiply(UInt128 x, UInt128 y)
    {
        UInt128 product = 0;
        for (int bit = 127; bit >= 0; bit--)
        {
            product ^= ((x >> bit) & 1) == 1 ? y : 0;
            y = (y & 1) == 1 ? (y >> 1) ^ ((UInt128)0xE1 << 120) : y >> 1;
        }

        return product;
    }

    private static UInt128 Power(UInt128 x, int exponent) => Enumerable.Repeat(x, exponent - 1).Aggregate(x, Multiply);

    /// <summary>x to the power 2^128 - 2.</summary>
    private static UInt128 Inverse(UInt128 x)
    {
        UInt128 square = x;
        UInt128 result = (UInt128)1 << 127; // the one of this field
        for (int i = 1; i < 128; i++)
        {
            square = Multiply(square, square);
            result = Multiply(result, square);
        }

        return result;
    }

    private static byte[] Nonce() => [.. new byte[11], 1]; // chunk 0, the last

    private static UInt128 Encrypt(ReadOnlySpan<byte> key, byte[] block)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        return Read(aes.EncryptEcb(block, PaddingMode.None));
    }

    private static UInt128 Read(byte[] block) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(block);

    private static byte[] Write(UInt128 block)
    {
        byte[] bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, block);
        return bytes;
    }
}

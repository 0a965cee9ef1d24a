using System.Buffers.Binary;

namespace Tars.Sealing.OpenPgp.GnuPgHome;

/// <summary>
/// GnuPG's <c>pubring.kbx</c> (GnuPG, kbx/keybox-blob.c): blobs with a big-endian length, a type (1 header, 2 OpenPGP, 3 X.509), and for
/// OpenPGP the offset and length of the transferable public key within the blob.
/// </summary>
internal static class KeyboxFile
{
    private const byte OpenPgpBlob = 2;
    private const int FixedPart = 16;

    /// <summary>Returns the transferable public keys.</summary>
    /// <exception cref="FormatException">It is no keybox.</exception>
    public static IEnumerable<byte[]> ReadKeyBlocks(byte[] file)
    {
        int at = 0;
        while (at < file.Length)
        {
            ReadOnlySpan<byte> rest = file.AsSpan(at);
            uint length = rest.Length >= FixedPart ? BinaryPrimitives.ReadUInt32BigEndian(rest) : 0;
            if (length < FixedPart || length > rest.Length)
            {
                throw new FormatException($"byte {at}: a keybox blob is cut off");
            }

            if (rest[4] == OpenPgpBlob)
            {
                uint offset = BinaryPrimitives.ReadUInt32BigEndian(rest[8..]);
                uint size = BinaryPrimitives.ReadUInt32BigEndian(rest[12..]);
                if (offset + (ulong)size > length)
                {
                    throw new FormatException($"byte {at}: a keybox blob points outside of itself");
                }

                yield return rest.Slice((int)offset, (int)size).ToArray();
            }

            at += (int)length;
        }
    }
}

using System.Buffers.Binary;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>What a file is, as its beginning says.</summary>
public enum OpenPgpKind
{
    /// <summary>Nothing of OpenPGP that is known.</summary>
    Unknown,

    /// <summary>An encrypted message.</summary>
    Encrypted,

    /// <summary>A message that is signed or only compressed: its content is in it.</summary>
    Message,

    /// <summary>A signature of its own.</summary>
    Signature,

    /// <summary>Readable text with a signature below it (<c>gpg --clearsign</c>), which is not verified here.</summary>
    ClearSigned,

    /// <summary>Keys.</summary>
    Keys,
}

/// <summary>Tells OpenPGP files apart.</summary>
public static class OpenPgpBeginning
{
    private const int EnoughBytes = 4096;

    private const int LongestSignature = 1 << 20;

    private static ReadOnlySpan<byte> Clear => "-----BEGIN PGP SIGNED MESSAGE-----"u8;

    private static ReadOnlySpan<byte> Armor => "-----BEGIN PGP "u8;

    /// <summary>
    /// Looks at the first bytes of a file. Armour counts at the file's beginning only: a text that quotes a message or a signature is neither. That it begins
    /// like a packet of a signature is not enough either, as every PNG does: version, type and length must be those of a signature of data.
    /// </summary>
    /// <param name="file">Read from where it stands; at most 4 KiB.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OpenPgpKind KindOf(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] bytes = new byte[EnoughBytes];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> beginning = bytes.AsSpan(0, length);
        if (length > 0 && (beginning[0] & 0x80) != 0)
        {
            return KindOf(beginning);
        }

        ReadOnlySpan<byte> text = beginning.TrimStart(" \t\r\n"u8);
        return text.StartsWith(Clear) ? OpenPgpKind.ClearSigned : text.StartsWith(Armor) ? KindOfArmored(text) : OpenPgpKind.Unknown;
    }

    private static OpenPgpKind KindOfArmored(ReadOnlySpan<byte> text)
    {
        byte[] decoded = new byte[EnoughBytes];
        int length = 0;
        try
        {
            using MemoryStream armored = new(text.ToArray(), writable: false);
            using Stream packets = PgpUtilities.GetDecoderStream(armored);
            for (int next; length < decoded.Length && (next = packets.ReadByte()) >= 0; length++)
            {
                decoded[length] = (byte)next;
            }
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            // It ends within the armour: what came before is the beginning.
        }

        return length == 0 ? OpenPgpKind.Unknown : KindOf(decoded.AsSpan(0, length));
    }

    private static OpenPgpKind KindOf(ReadOnlySpan<byte> packet)
    {
        byte first = packet[0];
        OpenPgpKind kind = (first & 0x80) == 0 ? OpenPgpKind.Unknown : KindOf((PacketTag)((first & 0x40) != 0 ? first & 0x3f : (first & 0x3f) >> 2));
        return kind == OpenPgpKind.Signature && !IsSignatureOfData(packet) ? OpenPgpKind.Unknown : kind;
    }

    // RFC 9580, 4.2 (lengths) and 5.2.1 to 5.2.3 (types 0 and 1 are of data, after a version; version 3 has a length of five in between).
    private static bool IsSignatureOfData(ReadOnlySpan<byte> packet)
    {
        bool isNewFormat = (packet[0] & 0x40) != 0;
        int lengthBytes = isNewFormat
            ? packet.Length < 2 || packet[1] is >= 224 and < 255 ? 0 : packet[1] < 192 ? 1 : packet[1] < 224 ? 2 : 5
            : (packet[0] & 3) switch { 0 => 1, 1 => 2, 2 => 4, _ => 0 };
        if (lengthBytes == 0 || packet.Length < 1 + lengthBytes + 3)
        {
            return false;
        }

        ReadOnlySpan<byte> counted = packet.Slice(1, lengthBytes);
        long length = (isNewFormat, lengthBytes) switch
        {
            (true, 2) => ((counted[0] - 192) << 8) + counted[1] + 192,
            (true, 5) => BinaryPrimitives.ReadUInt32BigEndian(counted[1..]),
            (false, 4) => BinaryPrimitives.ReadUInt32BigEndian(counted),
            (false, 2) => BinaryPrimitives.ReadUInt16BigEndian(counted),
            _ => counted[0],
        };
        ReadOnlySpan<byte> body = packet[(1 + lengthBytes)..];
        return length is > 10 and <= LongestSignature && ((body[0] is 4 or 5 or 6 && body[1] <= 1) || (body[0] == 3 && body[1] == 5 && body[2] <= 1));
    }

    private static OpenPgpKind KindOf(PacketTag first) => first switch
    {
        PacketTag.PublicKeyEncryptedSession or PacketTag.SymmetricKeyEncryptedSessionKey or PacketTag.SymmetricKeyEncrypted
            or PacketTag.SymmetricEncryptedIntegrityProtected => OpenPgpKind.Encrypted,
        PacketTag.OnePassSignature or PacketTag.CompressedData or PacketTag.LiteralData or PacketTag.Marker => OpenPgpKind.Message,
        PacketTag.Signature => OpenPgpKind.Signature,
        PacketTag.PublicKey or PacketTag.SecretKey => OpenPgpKind.Keys,
        _ => OpenPgpKind.Unknown,
    };
}

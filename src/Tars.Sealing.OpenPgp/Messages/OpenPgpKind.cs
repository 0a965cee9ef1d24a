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

    private static ReadOnlySpan<byte> Clear => "-----BEGIN PGP SIGNED MESSAGE-----"u8;

    /// <summary>Looks at the first bytes of a file.</summary>
    /// <param name="file">Read from where it stands; at most 4 KiB.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OpenPgpKind KindOf(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] bytes = new byte[EnoughBytes];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length == 0)
        {
            return OpenPgpKind.Unknown;
        }

        if (bytes.AsSpan(0, length).TrimStart(" \t\r\n"u8).StartsWith(Clear))
        {
            return OpenPgpKind.ClearSigned;
        }

        try
        {
            using MemoryStream beginning = new(bytes, 0, length, writable: false);
            using Stream decoded = PgpUtilities.GetDecoderStream(beginning);
            int tag = decoded.ReadByte();
            return (tag & 0x80) == 0 || tag < 0 ? OpenPgpKind.Unknown : KindOf((PacketTag)((tag & 0x40) != 0 ? tag & 0x3f : (tag & 0x3f) >> 2));
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            return OpenPgpKind.Unknown;
        }
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

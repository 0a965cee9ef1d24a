using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Tars.Sealing.OpenPgp.Keys;

/// <summary>Keyring files (transferable keys, RFC 9580 section 10): binary, or armoured with any number of blocks.</summary>
internal static class KeyRingFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int SizeLimit = 64 << 20;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static ReadOnlySpan<byte> ArmorBegin => "-----BEGIN PGP"u8;

    public static OpenPgpKeyRing Read(string path)
    {
        OpenPgpKeyRing keys = Read(ReadBytes(path), path);
        if (keys.HoldsSecretKeys)
        {
            RefuseReadableByOthers(path);
        }

        return keys;
    }

    public static OpenPgpKeyRing Read(Stream stream, string place)
    {
        using MemoryStream bytes = new();
        try
        {
            byte[] piece = new byte[1 << 16];
            for (int read; (read = stream.Read(piece)) > 0;)
            {
                bytes.Write(piece, 0, read);
                if (bytes.Length > SizeLimit)
                {
                    throw new OpenPgpException(place, $"is larger than {SizeLimit >> 20} MiB");
                }
            }
        }
        catch (IOException failure)
        {
            throw new OpenPgpException(place, $"cannot be read: {failure.Message}", failure) { IsEnvironment = true };
        }

        return Read(bytes.ToArray(), place);
    }

    private static OpenPgpKeyRing Read(byte[] bytes, string path)
    {
        List<PgpPublicKeyRing> publicRings = [];
        List<PgpSecretKeyRing> secretRings = [];
        try
        {
            Collect(bytes, publicRings, secretRings);
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            throw new OpenPgpException(path, $"is no OpenPGP keyring: {failure.Message}", failure);
        }

        if (publicRings.Count == 0)
        {
            throw new OpenPgpException(path, "holds no OpenPGP key");
        }

        Dictionary<long, SecretPart> secrets = [];
        foreach (PgpSecretKey secret in secretRings.SelectMany(ring => ring.GetSecretKeys()))
        {
            secrets.TryAdd(secret.KeyId, new PacketSecret(secret) { Place = $"{path}: {OpenPgpKey.HexOf(secret.KeyId)}" });
        }

        return new OpenPgpKeyRing(publicRings, secretRings, secrets);
    }

    public static void Write(string path, IEnumerable<OpenPgpKey> keys, IReadOnlyList<PgpSecretKeyRing> secretRings)
    {
        bool armored = path.EndsWith(".asc", StringComparison.OrdinalIgnoreCase);
        using MemoryStream content = new();
        WriteBlock(content, armored, stream =>
        {
            foreach (OpenPgpKey key in keys)
            {
                key.Ring.Encode(stream);
            }
        });
        if (secretRings.Count > 0)
        {
            WriteBlock(content, armored, stream =>
            {
                foreach (PgpSecretKeyRing ring in secretRings)
                {
                    ring.Encode(stream);
                }
            });
        }

        string temporary = path + $".{Environment.ProcessId}.tars-tmp";
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
                    | (secretRings.Count > 0 ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }

            using (FileStream file = new(temporary, options))
            {
                content.WriteTo(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new OpenPgpException(path, $"cannot be written: {failure.Message}", failure) { IsEnvironment = true };
        }
    }

    /// <summary>Adds the rings in <paramref name="bytes"/>; of a secret ring also its public part.</summary>
    public static void Collect(byte[] bytes, List<PgpPublicKeyRing> publicRings, List<PgpSecretKeyRing> secretRings)
    {
        foreach (ReadOnlyMemory<byte> block in Blocks(bytes))
        {
            using MemoryStream stream = new(block.ToArray(), writable: false);
            using Stream decoded = PgpUtilities.GetDecoderStream(stream);
            PgpObjectFactory factory = new(decoded);
            while (factory.NextPgpObject() is { } part)
            {
                switch (part)
                {
                    case PgpPublicKeyRing ring:
                        publicRings.Add(ring);
                        break;
                    case PgpSecretKeyRing ring:
                        secretRings.Add(ring);
                        publicRings.Add(PublicPartOf(ring));
                        break;
                    case PgpMarker:
                        break;
                    default:
                        throw new FormatException($"it holds {part.GetType().Name.Replace("Pgp", "", StringComparison.Ordinal)}, which is no key");
                }
            }
        }
    }

    /// <summary>Reads a file of bounded size.</summary>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > SizeLimit)
            {
                throw new OpenPgpException(path, $"is larger than {SizeLimit >> 20} MiB");
            }

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new OpenPgpException(path, $"cannot be read: {failure.Message}", failure) { IsEnvironment = true };
        }
    }

    /// <summary>Refuses a file with secrets whose mode lets others in. Windows has no modes: its access lists are the user's to set.</summary>
    public static void RefuseReadableByOthers(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new OpenPgpException(path, "holds secret keys and is open to others; chmod 600 it");
        }
    }

    private static PgpPublicKeyRing PublicPartOf(PgpSecretKeyRing ring)
    {
        using MemoryStream encoded = new();
        foreach (PgpPublicKey key in ring.GetPublicKeys())
        {
            key.Encode(encoded);
        }

        return new PgpPublicKeyRing(encoded.ToArray());
    }

    private static List<ReadOnlyMemory<byte>> Blocks(byte[] bytes)
    {
        int begin = bytes.AsSpan().IndexOf(ArmorBegin);
        if (begin < 0)
        {
            return [bytes];
        }

        List<ReadOnlyMemory<byte>> blocks = [];
        while (begin >= 0)
        {
            int next = bytes.AsSpan(begin + ArmorBegin.Length).IndexOf(ArmorBegin);
            int end = next < 0 ? bytes.Length : begin + ArmorBegin.Length + next;
            blocks.Add(bytes.AsMemory(begin..end));
            begin = next < 0 ? -1 : end;
        }

        return blocks;
    }

    private static void WriteBlock(MemoryStream content, bool armored, Action<Stream> write)
    {
        if (!armored)
        {
            write(content);
            return;
        }

        using ArmoredOutputStream armor = ArmorText.Over(content);
        write(armor);
    }
}

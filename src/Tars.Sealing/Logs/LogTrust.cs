using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;

namespace Tars.Sealing.Logs;

/// <summary>A witness whose word is taken.</summary>
/// <param name="Key">Its name and key.</param>
/// <param name="Folder">A folder with the notes that it holds, fetched from it; null when only what lies with the log is looked at.</param>
public sealed record LogWitness(NoteKey Key, string? Folder = null)
{
    /// <summary>Names a witness by its public key file, PEM.</summary>
    /// <exception cref="KeyRingException">The file cannot be read, or holds no public key.</exception>
    /// <exception cref="ArgumentException">The name has another form, or the key another algorithm.</exception>
    public static LogWitness FromFile(string name, string keyFile, string? folder = null) =>
        new(new NoteKey(name, LogTrust.ReadKey(keyFile)), folder);
}

/// <summary>What a verifier believes before it reads a log. Nothing that lies in the log's own folder is believed.</summary>
/// <param name="FirstKeyId">The id of the key of the log's first epoch, 64 lower-case hexadecimal digits, from somewhere else than the log.</param>
public sealed record LogTrust(string FirstKeyId)
{
    /// <summary>Folders elsewhere with copies of the log's checkpoints (notes, or a folder laid out as a log), of the log, or of both.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    /// <summary>Witnesses. Each one named is expected to have cosigned: a witness that is named and silent is a finding.</summary>
    public IReadOnlyList<LogWitness> Witnesses { get; init; } = [];

    /// <summary>How far the log's clock and the witnesses' may differ before a line's time is refuted. Five minutes unless set.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Threads that read: 1 or 2. The second one hashes lines while the first one builds the tree.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Trusts the public key in a file, PEM.</summary>
    /// <exception cref="KeyRingException">The file cannot be read, or holds no public key of ECDSA P-256.</exception>
    public static LogTrust FromKeyFile(string path)
    {
        PublicKey key = ReadKey(path);
        return key.Algorithm == SignatureAlgorithm.EcdsaP256Sha256
            ? new LogTrust(key.KeyId)
            : throw new KeyRingException($"{path}: it holds a key for {key.Algorithm}; a log signs with ECDSA P-256");
    }

    internal static PublicKey ReadKey(string path) => TrustedKeys.FromFile(path).Keys.Single().Key;
}

using System.Collections.Frozen;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Verification;

/// <summary>A public key that is believed, and until when.</summary>
/// <param name="Key">The key.</param>
/// <param name="Origin">Where it came from, for messages: a file's name, or the ring.</param>
/// <param name="Revocation">When and why it was revoked; null while it is believed.</param>
public sealed record TrustedKey(PublicKey Key, string Origin, Revocation? Revocation = null);

/// <summary>The public keys that are believed: the only trust there is.</summary>
public sealed class TrustedKeys
{
    private const int LongestKeyFile = 64 << 10;
    private const int MostKeyFiles = 1000;
    internal const int LongestStatement = 1 << 20;

    private static readonly string[] Suffixes = [".pub", ".pem"];

    private readonly FrozenDictionary<string, TrustedKey> _keys;

    /// <summary>Trusts these keys. Of a key that comes twice, the revoked one counts.</summary>
    public TrustedKeys(IEnumerable<TrustedKey> keys) =>
        _keys = keys.GroupBy(key => key.Key.KeyId).ToFrozenDictionary(group => group.Key, group => group.FirstOrDefault(key => key.Revocation is not null) ?? group.First());

    /// <summary>The keys, in no particular order.</summary>
    public IReadOnlyCollection<TrustedKey> Keys => _keys.Values;

    /// <summary>The key with that id, or null when it is not trusted.</summary>
    public TrustedKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    /// <summary>These keys and others.</summary>
    public TrustedKeys With(IEnumerable<TrustedKey> others) => new([.. Keys, .. others]);

    /// <summary>Trusts one public key file, PEM; RSA keys of 2048 bits are taken for the predecessor's signatures only.</summary>
    /// <exception cref="KeyRingException">The file cannot be read, or holds no public key. A private key is refused too: trust needs none.</exception>
    public static TrustedKeys FromFile(string path) => new([ReadFile(path)]);

    /// <summary>
    /// Trusts each <c>*.pub</c> and <c>*.pem</c> file of a folder, and the keys that signed transitions (<c>*.dsse.json</c> in it or in
    /// <c>transitions/</c>) lead to from there. A transition that starts from keys which are not trusted leads nowhere. What signed statements
    /// (<c>*.dsse.json</c> in it, every file in <c>revocations/</c>) revoke is revoked.
    /// </summary>
    /// <exception cref="KeyRingException">A statement of revocation cannot be believed, the folder holds no key, or a file holds no public key: a key that is silently left out could be the one that matters.</exception>
    public static TrustedKeys FromFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            string[] files = [.. Directory.EnumerateFiles(path).Where(file => Suffixes.Contains(Path.GetExtension(file))).Take(MostKeyFiles + 1).Order(StringComparer.Ordinal)];
            return files.Length is 0 or > MostKeyFiles
                ? throw new KeyRingException($"{path}: {files.Length} key files (*.pub, *.pem); 1 to {MostKeyFiles} are expected")
                : new TrustedKeys(files.Select(ReadFile)).After([.. TransitionsIn(path)]).AfterRevocationsIn(path);
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"{path}: the folder of trusted keys cannot be read", exception);
        }
    }

    /// <summary>Follows transitions in whatever order they lie there, until none leads further.</summary>
    private TrustedKeys After(IReadOnlyList<byte[]> transitions)
    {
        TrustedKeys trust = this;
        for (int known = -1; known != trust.Keys.Count;)
        {
            known = trust.Keys.Count;
            foreach (byte[] transition in transitions)
            {
                if (KeyTransition.Follow(transition, trust) is KeyTransitionReading.Followed followed)
                {
                    trust = trust.With(followed.Added.Where(key => trust.Find(key.Key.KeyId) is null));
                }
            }
        }

        return trust;
    }

    /// <summary>
    /// These keys, less what the signed statements of a folder revoke. A statement that no trusted key signed, and whatever else lies in
    /// <c>revocations/</c>, is refused and not passed over: it could be the one that matters.
    /// </summary>
    /// <exception cref="KeyRingException">A statement cannot be believed.</exception>
    internal TrustedKeys AfterRevocationsIn(string folder)
    {
        Dictionary<string, Revocation> revoked = new(StringComparer.Ordinal);
        foreach (string file in EnvelopesIn(folder).Where(IsOfRevocation).Concat(RevocationsIn(folder)))
        {
            switch (KeyRevocation.Read(BoundedFile.Read(file, LongestStatement), this))
            {
                case KeyRevocationReading.Revoked found:
                    revoked[found.KeyId] = KeyRevocation.Stricter(revoked.GetValueOrDefault(found.KeyId), found.Revocation);
                    break;
                case KeyRevocationReading.Refused refused:
                    throw NotBelieved(file, refused.Reason);
            }
        }

        return revoked.Count == 0 ? this
            : new TrustedKeys(Keys.Select(key => revoked.TryGetValue(key.Key.KeyId, out Revocation? revocation) ? key with { Revocation = KeyRevocation.Stricter(key.Revocation, revocation) } : key));
    }

    private static bool IsOfRevocation(string file) =>
        file.EndsWith(KeyRevocation.FileSuffix, StringComparison.Ordinal) || KeyRevocation.IsMeant(BoundedFile.Read(file, LongestStatement));

    // Whatever its name: one that was renamed or damaged does not look like a statement any more.
    private static string[] RevocationsIn(string folder)
    {
        string inner = Path.Combine(folder, KeyRingStore.RevocationFolder);
        string[] entries = Directory.Exists(inner) ? [.. AtMost(Directory.EnumerateFileSystemEntries(inner).Where(entry => !DurableFile.IsTemporary(entry)), inner)] : [];
        return entries.FirstOrDefault(Directory.Exists) is { } nested ? throw NotBelieved(nested, "it is a folder")
            : entries.FirstOrDefault(entry => new FileInfo(entry).Length > LongestStatement) is { } large ? throw NotBelieved(large, $"it is longer than {LongestStatement} bytes")
            : entries;
    }

    private static KeyRingException NotBelieved(string file, string reason) => new(
        $"{file}: the statement of a revocation is not believed: {reason}; get it anew (`tars keys export KEY --revocation` writes it), or if it is none of yours, take it out of the folder");

    private static IEnumerable<byte[]> TransitionsIn(string folder)
    {
        string inner = Path.Combine(folder, KeyRingStore.TransitionFolder);
        return EnvelopesIn(folder).Concat(Directory.Exists(inner) ? EnvelopesIn(inner) : []).Select(file => BoundedFile.Read(file, LongestStatement));
    }

    private static string[] EnvelopesIn(string folder) => AtMost(Directory.EnumerateFiles(folder, "*" + Envelope.FileSuffix), folder);

    private static string[] AtMost(IEnumerable<string> statements, string folder)
    {
        string[] files = [.. statements.Take(MostKeyFiles + 1)];
        return files.Length > MostKeyFiles
            ? throw new KeyRingException($"{folder}: more than {MostKeyFiles} signed statements; that many are read")
            : [.. files.Order(StringComparer.Ordinal)];
    }

    private static TrustedKey ReadFile(string path)
    {
        try
        {
            byte[] content = BoundedFile.Read(path, LongestKeyFile);
            return KeyFile.Read(content, legacy: true) switch
            {
                KeyFile.Verifying verifying => new TrustedKey(verifying.Key, Path.GetFileName(path)),
                KeyFile.Signing signing => throw Refuse(path, signing.Key),
                KeyFile.Encryption encryption => throw Refuse(path, encryption.Key),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (KeyFormException exception)
        {
            throw new KeyRingException($"{path}: {exception.Message}", exception);
        }
    }

    private static KeyRingException Refuse(string path, IDisposable secret)
    {
        secret.Dispose();
        return new KeyRingException($"{path}: it holds a secret key; the public one is expected (`openssl pkey -in KEY -pubout`)");
    }
}

using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>The keys that sign an envelope: RSA-PSS, which is the signature, and P-256, the co-signature. One of them may be missing.</summary>
public sealed class SigningPair : IDisposable
{
    private SigningPair(IReadOnlyList<PrivateKey> keys) => Keys = keys;

    /// <summary>One or two keys, RSA first.</summary>
    public IReadOnlyList<PrivateKey> Keys { get; }

    /// <summary>Whether what they sign is co-signed.</summary>
    public bool Cosigns => Keys.Count == AlgorithmPolicy.Signatures.Count;

    /// <summary>Clears the keys.</summary>
    public void Dispose()
    {
        foreach (PrivateKey key in Keys)
        {
            key.Dispose();
        }
    }

    internal static SigningPair Create() => new([.. AlgorithmPolicy.Signatures.Select(PrivateKey.Create)]);

    /// <summary>Opens one key after the other; when one fails, those before it are cleared.</summary>
    internal static SigningPair Open(IEnumerable<PrivateKey> keys)
    {
        List<PrivateKey> opened = [];
        try
        {
            opened.AddRange(keys);
            return new SigningPair([.. opened.OrderBy(key => (int)key.PublicKey.Algorithm)]);
        }
        catch (Exception exception) when (exception is KeyFormException or KeyRingException)
        {
            opened.ForEach(key => key.Dispose());
            throw;
        }
    }
}

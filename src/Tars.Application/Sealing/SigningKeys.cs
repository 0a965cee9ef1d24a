using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Application.Sealing;

/// <summary>The opened keys that sign, RSA first; cleared on disposal.</summary>
public sealed class SigningKeys : IDisposable
{
    private readonly IDisposable _owner;

    internal SigningKeys(SigningPair pair) => (_owner, Signers) = (pair, pair.Keys);

    internal SigningKeys(PrivateKey key) => (_owner, Signers) = (key, [key]);

    /// <summary>One or two.</summary>
    public IReadOnlyList<ISigner> Signers { get; }

    /// <summary>Whether what they sign is co-signed.</summary>
    public bool Cosigns => Signers.Select(signer => signer.PublicKey.Algorithm).Distinct().Count() == AlgorithmPolicy.Signatures.Count;

    /// <summary>Clears the keys.</summary>
    public void Dispose() => _owner.Dispose();
}

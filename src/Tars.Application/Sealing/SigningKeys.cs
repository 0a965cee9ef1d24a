using Tars.Sealing.Keys;
using Tars.Sealing.Pkcs11;
using Tars.Sealing.Signatures;

namespace Tars.Application.Sealing;

/// <summary>The opened keys that sign, RSA first; cleared on disposal.</summary>
public sealed class SigningKeys : IDisposable
{
    private readonly IDisposable[] _owners;

    internal SigningKeys(SigningPair pair) => (_owners, Signers) = ([pair], pair.Keys);

    internal SigningKeys(PrivateKey key) => (_owners, Signers) = ([key], [key]);

    internal SigningKeys(TokenSigners token, PrivateKey? other)
    {
        (_owners, Warnings) = (other is null ? [token] : [token, other], token.Warnings);
        Signers = [.. token.Signers.Concat(other is null ? [] : (ISigner[])[other]).OrderBy(signer => signer.PublicKey.Algorithm)];
    }

    /// <summary>One or two.</summary>
    public IReadOnlyList<ISigner> Signers { get; }

    /// <summary>What somebody should know of these keys; empty when there is nothing.</summary>
    public IReadOnlyList<string> Warnings { get; } = [];

    /// <summary>Whether what they sign is co-signed.</summary>
    public bool Cosigns => Signers.Select(signer => signer.PublicKey.Algorithm).Distinct().Count() == AlgorithmPolicy.Signatures.Count;

    /// <summary>Clears the keys; keys in a token are left to it.</summary>
    public void Dispose()
    {
        foreach (IDisposable owner in _owners)
        {
            owner.Dispose();
        }
    }
}

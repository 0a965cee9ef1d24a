using Tars.Application.Settings;
using Tars.Sealing.Keys;
using Tars.Sealing.Pkcs11;
using Tars.Sealing.Signatures;

namespace Tars.Application.Sealing;

/// <summary>The keys of the token that a configuration names.</summary>
/// <param name="settings">The token.</param>
public sealed class TokenKeyAccess(TokenSettings settings)
{
    /// <summary>The key pairs that are meant, RSA first, as anybody may see them: no PIN is given to the token.</summary>
    /// <exception cref="TokenException">The module cannot be loaded, or the token is not there.</exception>
    public IReadOnlyList<TokenKey> PublicKeys()
    {
        using Token token = Token.Open(settings.Reference);
        return token.PublicKeys(settings.Reference);
    }

    /// <summary>The one key that a text names: an id, its first eight digits or more, or a fingerprint; null when it is none of this token's.</summary>
    /// <param name="name">The text.</param>
    /// <exception cref="TokenException">The module cannot be loaded, or the token is not there.</exception>
    /// <exception cref="SealingException">It names several.</exception>
    public TokenKey? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string id = Fingerprint.TryParse(name, out Fingerprint fingerprint) ? fingerprint.KeyId : name.Trim().ToLowerInvariant();
        TokenKey[] found = id.Length < KeyRing.ShortestName ? [] : [.. PublicKeys().Where(key => key.PublicKey.KeyId.StartsWith(id, StringComparison.Ordinal))];
        return found.Length <= 1 ? found.SingleOrDefault() : throw new SealingException($"\"{name}\" names {found.Length} keys of the token", "write more digits");
    }

    /// <summary>Opens the keys that sign. The caller disposes of them.</summary>
    /// <param name="own">Opens the key of an algorithm that the token has none of; null when there is none elsewhere either.</param>
    /// <exception cref="TokenException">See <see cref="TokenSigners.Open"/>.</exception>
    /// <exception cref="SealingException">No PIN is configured, or its file cannot be used.</exception>
    internal SigningKeys OpenSigning(Func<SignatureAlgorithm, PrivateKey?> own)
    {
        SecretSource source = settings.Pin ?? throw new SealingException(
            $"{settings.Reference.ModulePath}: no PIN is configured, and a token signs after its PIN only", "write security.pkcs11_pin_file, or put pkcs11_pin into the secret backend");
        using SecretBytes pin = PinOf(source);
        TokenSigners? token = TokenSigners.Open(settings.Reference, pin);
        PrivateKey? other = null;
        try
        {
            SignatureAlgorithm[] missing = [.. AlgorithmPolicy.Signatures.Except(token.Signers.Select(signer => signer.PublicKey.Algorithm))];
            other = missing.Length == 0 ? null : own(missing[0]);
            SigningKeys keys = new(token, other);
            (token, other) = (null, null);
            return keys;
        }
        finally
        {
            token?.Dispose();
            other?.Dispose();
        }
    }

    private static SecretBytes PinOf(SecretSource source)
    {
        using SecretBytes bytes = SecretKeyFile.Read(source);
        ReadOnlySpan<byte> text = bytes.Span;
        text = text.EndsWith("\n"u8) ? text[..^1] : text;
        text = text.EndsWith("\r"u8) ? text[..^1] : text;
        return text.Length > 0 ? new SecretBytes(text) : throw new SealingException($"{(source is SecretSource.File file ? file.Path : "security.pkcs11_pin")}: the PIN is empty", "an empty PIN would cost one of the token's tries");
    }
}

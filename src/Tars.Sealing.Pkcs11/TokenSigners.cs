using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Pkcs11;

/// <summary>The opened signing keys of a token, RSA first: one of each algorithm at most. Signing from several threads is safe.</summary>
public sealed class TokenSigners : IDisposable
{
    private readonly Token _token;
    private readonly SecretBytes _pin;
    private readonly Lock _gate = new();
    private readonly List<ISigner> _signers = [];
    private readonly List<string> _warnings = [];

    private TokenSigners(Token token, SecretBytes pin) => (_token, _pin) = (token, pin);

    /// <summary>One or two.</summary>
    public IReadOnlyList<ISigner> Signers => _signers;

    /// <summary>What somebody should know of these keys: that one could be taken out of the token. Empty when there is nothing.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Opens the signing keys that are meant. The PIN is given to the token once.</summary>
    /// <param name="reference">Which keys.</param>
    /// <param name="pin">The token's user PIN; the caller disposes of it.</param>
    /// <exception cref="TokenException">
    /// The module cannot be loaded; the token is not there, locked, or has another PIN; there is no such key, or several; the token does not sign as asked.
    /// </exception>
    public static TokenSigners Open(TokenReference reference, SecretBytes pin)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(pin);
        TokenSigners opened = new(Token.Open(reference), new SecretBytes(pin.Span));
        bool complete = false;
        try
        {
            opened._token.Login(pin);
            opened.OpenKeys(reference);
            complete = true;
            return opened;
        }
        catch (Pkcs11Exception exception)
        {
            throw Token.Failed($"token '{opened._token.Label}': its keys cannot be read", exception);
        }
        finally
        {
            if (!complete)
            {
                opened.Dispose();
            }
        }
    }

    /// <summary>Ends the session and clears the PIN.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _pin.Dispose();
            _token.Dispose();
        }
    }

    private void OpenKeys(TokenReference reference)
    {
        List<IObjectHandle> keys = [.. _token.Objects.Find(CKO.CKO_PRIVATE_KEY, reference.KeyLabel, reference.KeyId).Where(handle => _token.Objects.Flag(handle, CKA.CKA_SIGN) != false)];
        if (keys.Count == 0)
        {
            throw new TokenException(
                $"token '{_token.Label}': there is not {reference.KeyWords}", "'pkcs11-tool --login --list-objects' shows what it holds; keys are made with 'pkcs11-tool --keypairgen'");
        }

        foreach (CKK type in (CKK[])[CKK.CKK_RSA, CKK.CKK_EC])
        {
            List<IObjectHandle> same = [.. keys.Where(handle => _token.Objects.TypeOf(handle) == type)];
            if (same.Count > 1)
            {
                throw new TokenException(
                    $"token '{_token.Label}': {same.Count} {NameOf(type)} keys fit: {string.Join(", ", same.Take(10).Select(handle => $"'{_token.Objects.LabelOf(handle)}' id {_token.Objects.IdOf(handle)}"))}",
                    "write security.pkcs11_key_label or security.pkcs11_key_id so that one of each algorithm fits");
            }

            same.ForEach(handle => Add(handle, type));
        }

        if (_signers.Count == 0)
        {
            throw new TokenException($"token '{_token.Label}': {reference.KeyWords} is there, but of an algorithm that is not permitted", "RSA (3072 bits or more) or ECDSA P-256 is expected");
        }
    }

    private void Add(IObjectHandle handle, CKK type)
    {
        string name = $"token '{_token.Label}': the {NameOf(type)} key '{_token.Objects.LabelOf(handle)}'";
        CKM mechanism = type == CKK.CKK_RSA ? CKM.CKM_RSA_PKCS_PSS : CKM.CKM_ECDSA;
        if (!_token.Signs(mechanism))
        {
            throw new TokenException($"{name}: the token does not sign with {mechanism}", "RSA needs a token with CKM_RSA_PKCS_PSS; 'pkcs11-tool --list-mechanisms' shows what it has");
        }

        if (!_token.Objects.TryPublicKeyBeside(handle, out PublicKey? publicKey, out string? refusal))
        {
            throw new TokenException($"{name} cannot be used: {refusal}", "RSA (3072 bits or more) or ECDSA P-256, with its public key or certificate under the same id, is expected");
        }

        if (_token.Objects.Flag(handle, CKA.CKA_EXTRACTABLE) is not false || _token.Objects.Flag(handle, CKA.CKA_SENSITIVE) is not true)
        {
            _warnings.Add($"{name} can be taken out of the token: it is not marked as sensitive and not extractable; make one with 'pkcs11-tool --keypairgen --sensitive'");
        }

        bool eachUse = _token.Objects.Flag(handle, CKA.CKA_ALWAYS_AUTHENTICATE) is true;
        _signers.Add(new TokenSigner(_token, handle, publicKey, _gate, eachUse ? _pin : null));
    }

    private static string NameOf(CKK type) => type == CKK.CKK_RSA ? "RSA" : "EC";
}

using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Pkcs11;

/// <summary>A token that is present, with one session to it. Public parts are read without its PIN.</summary>
/// <remarks>Not thread-safe; <see cref="TokenSigners"/> lets one signature at a time through.</remarks>
public sealed class Token : IDisposable
{
    private readonly ModuleLibrary _module;
    private readonly ISlot _slot;

    private Token(ModuleLibrary module, ISlot slot, ISession session, string label) => (_module, _slot, Session, Label, Objects) = (module, slot, session, label, new TokenObjects(session, module.Factories));

    /// <summary>The token's label.</summary>
    public string Label { get; }

    internal ISession Session { get; }

    internal TokenObjects Objects { get; }

    internal Pkcs11InteropFactories Factories => _module.Factories;

    /// <summary>Opens the token that is meant.</summary>
    /// <exception cref="TokenException">The module cannot be loaded, or the token is not there.</exception>
    public static Token Open(TokenReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ModuleLibrary module = ModuleLibrary.Load(reference.ModulePath);
        bool opened = false;
        try
        {
            (ISlot slot, string label) = SlotOf(module, reference);
            Token token = new(module, slot, slot.OpenSession(SessionType.ReadOnly), label);
            opened = true;
            return token;
        }
        catch (Pkcs11Exception exception)
        {
            throw Failed($"{reference.ModulePath}: the token cannot be opened", exception);
        }
        finally
        {
            if (!opened)
            {
                module.Dispose();
            }
        }
    }

    /// <summary>The key pairs that are meant, as far as the token shows them without its PIN; those with algorithms that are not permitted are left out.</summary>
    /// <exception cref="TokenException">The token does not answer.</exception>
    public IReadOnlyList<TokenKey> PublicKeys(TokenReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        try
        {
            List<TokenKey> keys = [];
            foreach (IObjectHandle handle in ((CKO[])[CKO.CKO_PUBLIC_KEY, CKO.CKO_CERTIFICATE]).SelectMany(kind => Objects.Find(kind, reference.KeyLabel, reference.KeyId)))
            {
                if (Objects.TryPublicKey(handle, out PublicKey? key, out _) && keys.All(other => other.PublicKey != key && !other.PublicKey.Equals(key)))
                {
                    keys.Add(new TokenKey(Label, Objects.LabelOf(handle), Objects.IdOf(handle), key));
                }
            }

            return [.. keys.OrderBy(key => key.PublicKey.Algorithm).ThenBy(key => key.PublicKey.KeyId, StringComparer.Ordinal)];
        }
        catch (Pkcs11Exception exception)
        {
            throw Failed($"token '{Label}': its public keys cannot be read", exception);
        }
    }

    /// <summary>Ends the session; the token's login ends with the last one.</summary>
    public void Dispose()
    {
        try
        {
            Session.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // The token was taken away: the session is gone already.
        }

        _module.Dispose();
    }

    /// <summary>Gives the PIN to the token, once.</summary>
    internal void Login(SecretBytes pin)
    {
        string name = $"token '{Label}'";
        byte[] bytes = GC.AllocateUninitializedArray<byte>(pin.Length, pinned: true);
        try
        {
            if (PinTries.Of(_slot.GetTokenInfo().TokenFlags).Refusal(name) is { } refusal)
            {
                throw refusal;
            }

            pin.Span.CopyTo(bytes);
            Session.Login(CKU.CKU_USER, bytes);
        }
        catch (Pkcs11Exception exception) when (exception.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Another session of this process gave the PIN.
        }
        catch (Pkcs11Exception exception) when (exception.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE)
        {
            throw new TokenException($"{name}: the PIN is wrong", PinTries.Of(_slot.GetTokenInfo().TokenFlags).AfterWrongPin(), innerException: exception);
        }
        catch (Pkcs11Exception exception) when (exception.RV == CKR.CKR_PIN_LOCKED)
        {
            throw new PinTries(CountLow: true, FinalTry: false, Locked: true).Refusal(name)!;
        }
        catch (Pkcs11Exception exception)
        {
            throw Failed($"{name}: it does not take the PIN", exception);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Whether the token signs with a mechanism.</summary>
    internal bool Signs(CKM mechanism) => _slot.GetMechanismList().Contains(mechanism) && _slot.GetMechanismInfo(mechanism).MechanismFlags.Sign;

    internal static TokenException Failed(string what, Pkcs11Exception exception) => exception.RV is CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_DEVICE_REMOVED or CKR.CKR_SESSION_HANDLE_INVALID or CKR.CKR_SESSION_CLOSED
        or CKR.CKR_TOKEN_NOT_RECOGNIZED or CKR.CKR_KEY_HANDLE_INVALID or CKR.CKR_OBJECT_HANDLE_INVALID
        ? new TokenException($"{what}: the token, or the key on it, is not there any more ({exception.RV})", "put the token back and run again", isEnvironment: true, exception)
        : new TokenException($"{what}: {exception.RV}", null, isEnvironment: true, exception);

    private static (ISlot Slot, string Label) SlotOf(ModuleLibrary module, TokenReference reference)
    {
        (ISlot Slot, string Label)[] present = [.. module.Library.GetSlotList(SlotsType.WithTokenPresent)
            .Select(slot => (Slot: slot, Info: slot.GetTokenInfo()))
            .Where(token => token.Info.TokenFlags.TokenInitialized)
            .Select(token => (token.Slot, Text.OneLine(token.Info.Label)))];
        (ISlot Slot, string Label)[] meant = [.. present.Where(token => reference.TokenLabel is null || token.Label == reference.TokenLabel.Trim())];
        string found = present.Length == 0 ? "no token is there" : $"there are: {string.Join(", ", present.Select(token => $"'{token.Label}'").Take(10))}";
        return meant.Length switch
        {
            1 => meant[0],
            0 when reference.TokenLabel is null => throw new TokenException($"{reference.ModulePath}: no token is present", "insert the token, or initialise it", isEnvironment: true),
            0 => throw new TokenException($"{reference.ModulePath}: the token '{reference.TokenLabel}' is not present; {found}", "insert the token, or correct security.pkcs11_token_label", isEnvironment: true),
            _ => throw new TokenException($"{reference.ModulePath}: {(reference.TokenLabel is null ? "there are several tokens" : "several tokens have that label")}; {found}", "write security.pkcs11_token_label with the label of one"),
        };
    }
}

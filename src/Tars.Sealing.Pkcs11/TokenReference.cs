namespace Tars.Sealing.Pkcs11;

/// <summary>Which keys of which token are meant.</summary>
/// <param name="ModulePath">The PKCS #11 library of the token's maker.</param>
/// <param name="TokenLabel">The token's label; null when the module has one token only.</param>
/// <param name="KeyLabel">The keys' <c>CKA_LABEL</c>; null when it does not matter.</param>
/// <param name="KeyId">The keys' <c>CKA_ID</c> in hexadecimal digits; null when it does not matter.</param>
public sealed record TokenReference(string ModulePath, string? TokenLabel = null, string? KeyLabel = null, string? KeyId = null)
{
    /// <summary>The keys' label and id, as a message names them.</summary>
    internal string KeyWords => (KeyLabel, KeyId) switch
    {
        (null, null) => "a signing key",
        ({ } label, null) => $"a signing key with the label '{label}'",
        (null, { } id) => $"a signing key with the id {id}",
        var (label, id) => $"a signing key with the label '{label}' and the id {id}",
    };
}

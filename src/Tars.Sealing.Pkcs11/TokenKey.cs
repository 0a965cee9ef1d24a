using Tars.Sealing.Signatures;

namespace Tars.Sealing.Pkcs11;

/// <summary>A key pair of a token, as far as anybody may see it.</summary>
/// <param name="Token">The token's label.</param>
/// <param name="Label">The key's <c>CKA_LABEL</c>; empty when it has none.</param>
/// <param name="Id">The key's <c>CKA_ID</c> in hexadecimal digits; empty when it has none.</param>
/// <param name="PublicKey">The public key.</param>
public sealed record TokenKey(string Token, string Label, string Id, PublicKey PublicKey);

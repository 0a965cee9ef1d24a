using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>What checking an OpenPGP signature found.</summary>
public abstract record OpenPgpSignatureVerdict
{
    private OpenPgpSignatureVerdict()
    {
    }

    /// <summary>There is no signature.</summary>
    public sealed record Unsigned : OpenPgpSignatureVerdict;

    /// <summary>The signature is right and its key was valid when it was made.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="SignedAt">When, as the signer claims; UTC.</param>
    public sealed record Good(OpenPgpKey Key, DateTimeOffset SignedAt) : OpenPgpSignatureVerdict;

    /// <summary>The content is not what was signed.</summary>
    /// <param name="KeyId">The id of the key that is said to have signed.</param>
    public sealed record Bad(string KeyId) : OpenPgpSignatureVerdict;

    /// <summary>The signing key is not among the keys at hand, so nothing is known.</summary>
    /// <param name="KeyId">Its id as the message claims it.</param>
    public sealed record UnknownKey(string KeyId) : OpenPgpSignatureVerdict;

    /// <summary>The key or the signature's algorithm does not count: revoked, expired at that time, a weak hash, not for signing.</summary>
    /// <param name="KeyId">The key's id.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string KeyId, string Reason) : OpenPgpSignatureVerdict;

    /// <summary>It cannot be read.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Malformed(string Reason) : OpenPgpSignatureVerdict;
}

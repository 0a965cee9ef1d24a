namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>What opening an OpenPGP message came to. Only after <see cref="Opened"/> is what was written to the output worth anything.</summary>
public abstract record OpenPgpOpening
{
    private OpenPgpOpening()
    {
    }

    /// <summary>The content is whole and was written.</summary>
    /// <param name="RecipientKeyId">The key that opened it; null for a message that is signed but not encrypted.</param>
    /// <param name="Signature">What its signature is worth.</param>
    /// <param name="FileName">The file name recorded in it; not to be trusted as a path.</param>
    public sealed record Opened(string? RecipientKeyId, OpenPgpSignatureVerdict Signature, string FileName) : OpenPgpOpening;

    /// <summary>It is encrypted to none of the keys at hand.</summary>
    /// <param name="KeyIds">The ids it is encrypted to; 0000000000000000 for a hidden one.</param>
    public sealed record NoKey(IReadOnlyList<string> KeyIds) : OpenPgpOpening;

    /// <summary>It was changed after it was encrypted, or cut off.</summary>
    /// <param name="Reason">What was found.</param>
    public sealed record Tampered(string Reason) : OpenPgpOpening;

    /// <summary>It decompresses to more than it may, as a compression bomb does.</summary>
    /// <param name="Limit">The most bytes that were to be read.</param>
    public sealed record TooLarge(long Limit) : OpenPgpOpening;

    /// <summary>It is not opened: no integrity protection, a password in place of keys, nested too deeply.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : OpenPgpOpening;
}

namespace Tars.Sealing.Verification;

/// <summary>The layouts of signatures that are not in an envelope.</summary>
public enum SignatureLayout
{
    /// <summary>A <c>.sig</c> file of this project.</summary>
    Detached = 0,

    /// <summary>JSON with its signature inside, of this project.</summary>
    Embedded = 1,

    /// <summary>The predecessor's JSON with a <c>_signature</c> member.</summary>
    LegacyEmbedded = 2,

    /// <summary>The predecessor's <c>.sig</c> of two lines: <c>RSA-PSS-SHA256</c> and Base64.</summary>
    LegacyText = 3,

    /// <summary>The predecessor's <c>.sig</c> of raw signature bytes.</summary>
    LegacyBinary = 4,

    /// <summary>The predecessor's <c>.sig</c> of one line of Base64.</summary>
    LegacyLine = 5,
}

/// <summary>What verifying a signature that is not in an envelope gave.</summary>
public abstract record SignatureVerdict
{
    private SignatureVerdict()
    {
    }

    /// <summary>Trusted keys signed exactly these bytes.</summary>
    /// <param name="Layout">In which layout.</param>
    /// <param name="Keys">The keys; at least one.</param>
    /// <param name="Sha256">Digest of the signed bytes: 64 lower-case hexadecimal digits.</param>
    /// <param name="ClaimedTime">When, as the signer says; null when the layout does not tell.</param>
    /// <param name="ClaimedSigner">Who, as the signer says; null when the layout does not tell.</param>
    public sealed record Verified(SignatureLayout Layout, IReadOnlyList<TrustedKey> Keys, string Sha256, DateTimeOffset? ClaimedTime = null, string? ClaimedSigner = null) : SignatureVerdict
    {
        /// <summary>Whether it is the predecessor's: an older padding, no key id, keys of 2048 bits permitted.</summary>
        public bool IsLegacy => Layout >= SignatureLayout.LegacyEmbedded;
    }

    /// <summary>No trusted key is named. A legacy signature names none: then no trusted RSA key was there to try.</summary>
    /// <param name="KeyIds">The keys that are named.</param>
    public sealed record UnknownKey(IReadOnlyList<string> KeyIds) : SignatureVerdict;

    /// <summary>The signature is not that of the key over these bytes.</summary>
    /// <param name="Where">The field or line of the signature.</param>
    /// <param name="Reason">What differs, with the digest that was found.</param>
    public sealed record SignatureBad(string Where, string Reason) : SignatureVerdict;

    /// <summary>It is no signature of a known layout.</summary>
    /// <param name="Where">The file's part: byte offset or line.</param>
    /// <param name="Reason">What is wrong.</param>
    public sealed record Malformed(string Where, string Reason) : SignatureVerdict;

    /// <summary>The signature is good, and the policy does not accept it.</summary>
    /// <param name="Reason">What it asks for.</param>
    public sealed record PolicyRefused(string Reason) : SignatureVerdict;
}

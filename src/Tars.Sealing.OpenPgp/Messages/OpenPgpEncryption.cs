using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>How the content of a message is compressed.</summary>
public enum OpenPgpCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>ZIP (raw DEFLATE).</summary>
    Zip,

    /// <summary>ZLIB.</summary>
    Zlib,
}

/// <summary>How a message is encrypted.</summary>
/// <param name="Recipients">Whoever can open it; at least one.</param>
/// <param name="Time">When it is made: recorded in the message and its signature, and the time at which keys must be valid.</param>
public sealed record OpenPgpEncryption(IReadOnlyList<OpenPgpKey> Recipients, DateTimeOffset Time)
{
    /// <summary>Who signs the content; null for nobody.</summary>
    public OpenPgpSigner? Signer { get; init; }

    /// <summary>Whether the message is ASCII armoured.</summary>
    public bool Armor { get; init; }

    /// <summary>How the content is compressed.</summary>
    public OpenPgpCompression Compression { get; init; } = OpenPgpCompression.Zip;

    /// <summary>The file name recorded in the message; empty for none.</summary>
    public string FileName { get; init; } = "";
}

/// <summary>How a message is signed that is not encrypted.</summary>
/// <param name="Signer">The unlocked key.</param>
/// <param name="Time">When, as the signature will claim.</param>
public sealed record OpenPgpSigning(OpenPgpSigner Signer, DateTimeOffset Time)
{
    /// <summary>Whether the message is ASCII armoured.</summary>
    public bool Armor { get; init; }

    /// <summary>How the content is compressed.</summary>
    public OpenPgpCompression Compression { get; init; } = OpenPgpCompression.Zip;

    /// <summary>The file name recorded in the message; empty for none.</summary>
    public string FileName { get; init; } = "";
}

namespace Tars.Client;

/// <summary>What verifying files by an envelope gave.</summary>
public sealed record Verification : TarsDocument
{
    /// <summary>Whether the envelope verifies by keys that the server trusts, and names every file by its digest.</summary>
    public bool Verified { get; init; }

    /// <summary>What does not hold; null where all does.</summary>
    public string? Reason { get; init; }

    /// <summary>The signatures that hold.</summary>
    public IReadOnlyList<VerifiedSignature> Signatures { get => field ?? []; init; }

    /// <summary>The files that were sent.</summary>
    public IReadOnlyList<VerifiedFile> Files { get => field ?? []; init; }
}

/// <summary>A signature that holds.</summary>
public sealed record VerifiedSignature
{
    /// <summary>The key's id.</summary>
    public string KeyId { get => field ?? string.Empty; init; }

    /// <summary>Its algorithm.</summary>
    public string Algorithm { get => field ?? string.Empty; init; }
}

/// <summary>A file that was sent.</summary>
public sealed record VerifiedFile
{
    /// <summary>The name under which it was sent.</summary>
    public string Filename { get => field ?? string.Empty; init; }

    /// <summary>Its digest.</summary>
    public string Sha256 { get => field ?? string.Empty; init; }

    /// <summary>The name under which the envelope names that digest; null where it does not.</summary>
    public string? SignedAs { get; init; }
}

using Microsoft.AspNetCore.Http;
using Tars.Server.Documents;

namespace Tars.Server.Verification;

/// <summary>What is uploaded.</summary>
public sealed record VerificationUpload
{
    /// <summary>The envelope (DSSE): a file that ends with .dsse.json.</summary>
    public required IFormFile Envelope { get; init; }

    /// <summary>The files, each a part of this name; at most 32, and 64 MiB together.</summary>
    public required IReadOnlyList<IFormFile> File { get; init; }
}

/// <summary>What verifying gave.</summary>
public sealed record VerificationDocument : ApiDocument
{
    /// <summary>Whether the envelope verifies by keys that are trusted here, and names every file by its digest.</summary>
    public bool Verified { get; init; }

    /// <summary>What does not hold; null when all does.</summary>
    public string? Reason { get; init; }

    /// <summary>The signatures that hold.</summary>
    public IReadOnlyList<VerifiedSignature> Signatures { get; init; } = [];

    /// <summary>The files that were uploaded.</summary>
    public IReadOnlyList<VerifiedFile> Files { get; init; } = [];
}

/// <summary>A signature that holds.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Algorithm">Its algorithm.</param>
public sealed record VerifiedSignature(string KeyId, string Algorithm);

/// <summary>A file that was uploaded.</summary>
/// <param name="Filename">The name under which it was uploaded.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="SignedAs">The name under which the envelope names that digest; null when it does not.</param>
public sealed record VerifiedFile(string Filename, string Sha256, string? SignedAs);

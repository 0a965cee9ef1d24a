using System.Globalization;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;

namespace Tars.Verify.Checks;

/// <summary>Verifies <c>.sig</c> files, and JSON that carries its signature.</summary>
internal static class SignatureCheck
{
    /// <summary>The file that a <c>.sig</c> is over.</summary>
    internal static string SignedBy(string signature) => signature[..^DetachedSignatures.FileSuffix.Length];

    internal static async Task<Finding> DetachedAsync(string path, TrustedKeys trust)
    {
        byte[] signature = InputFile.Read(path, DetachedSignatures.LongestFile);
        await using FileStream content = new(SignedBy(path), new FileStreamOptions { BufferSize = 0 });
        return FindingOf(path, "signature", await SignatureVerifier.VerifyDetachedAsync(content, signature, trust));
    }

    internal static Finding Embedded(string path, string digest, TrustedKeys trust)
    {
        byte[] text = InputFile.Read(path, SignatureVerifier.LongestJson);
        Finding finding = FindingOf(path, "signed-json", SignatureVerifier.VerifyEmbedded(text, trust));
        return finding.IsGood ? finding : finding with { Notes = [.. finding.Notes, $"file sha256 {digest}: no verified envelope beside it names it, and no {Path.GetFileName(path)}.sig is there"] };
    }

    private static Finding FindingOf(string path, string kind, SignatureVerdict verdict) => verdict switch
    {
        SignatureVerdict.Verified verified => new Finding(path, kind, true, $"signature verified over sha256 {verified.Sha256}{(verified.IsLegacy ? " (legacy: the predecessor's form)" : string.Empty)}", Notes(verified)),
        SignatureVerdict.UnknownKey unknown => new Finding(path, kind, false, $"no signature is of a trusted key; named: {(unknown.KeyIds.Count == 0 ? "none" : string.Join(", ", unknown.KeyIds))}"),
        SignatureVerdict.SignatureBad bad => new Finding(path, kind, false, $"{bad.Where}: {bad.Reason}"),
        SignatureVerdict.Malformed malformed => new Finding(path, kind, false, $"{malformed.Where}: {malformed.Reason}"),
        SignatureVerdict.PolicyRefused refused => new Finding(path, kind, false, refused.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string[] Notes(SignatureVerdict.Verified verified) =>
    [
        .. verified.Keys.Select(key => $"signed by {key.Key.Fingerprint} ({key.Origin})"),
        verified.ClaimedTime is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"signed at {time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, as the signer claims ({verified.ClaimedSigner})")
            : "the signature tells no time",
    ];
}

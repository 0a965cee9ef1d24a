using System.Globalization;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Reports;

namespace Tars.Application.Stores;

/// <summary>What verifying a report in the store gave.</summary>
/// <param name="IsSigned">Whether it has an envelope.</param>
/// <param name="Signed">What holds: by which key, for which run, which files.</param>
/// <param name="Problems">What does not hold; empty when all does.</param>
public sealed record SealFindings(bool IsSigned, IReadOnlyList<string> Signed, IReadOnlyList<string> Problems)
{
    /// <summary>Whether it is signed, and nothing speaks against it.</summary>
    public bool Holds => IsSigned && Problems.Count == 0;
}

/// <summary>Verifies reports as they lie in the store: the envelope by the keys that are believed, and the files by what the envelope says.</summary>
/// <param name="store">The rows.</param>
/// <param name="blobs">The files.</param>
/// <param name="trust">The only keys that are believed.</param>
/// <param name="requireCosignature">Whether an envelope needs an RSA-PSS and a P-256 signature.</param>
public sealed class StoredSeal(Store store, IBlobStore blobs, TrustedKeys trust, bool requireCosignature)
{
    /// <summary>The longest envelope that is read: 16 MiB.</summary>
    public const int MaximumEnvelope = 16 << 20;

    /// <summary>Verifies a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="readsFiles">Whether each file is read and hashed; else what the rows say of it is compared.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The database failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    public async Task<SealFindings> VerifyAsync(StoredReport report, bool readsFiles, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        IReadOnlyList<Rendering> files = await store.Reports.RenderingsAsync(report.Id, cancellationToken).ConfigureAwait(false);
        List<string> problems = [];
        foreach (Rendering file in readsFiles ? files : [])
        {
            problems.AddRange(await blobs.CopyToAsync(BlobDigest.Parse(file.Blob.Digest), Stream.Null, long.MaxValue, cancellationToken).ConfigureAwait(false) switch
            {
                BlobCopy.Copied copied when copied.Size == file.Blob.Size => [],
                BlobCopy.Copied copied => [string.Create(CultureInfo.InvariantCulture, $"{file.FileName}: has {copied.Size} bytes, and {file.Blob.Size} in its row")],
                BlobCopy.Missing => [$"{file.FileName}: missing: expected sha256 {file.Blob.Digest}"],
                var other => (string[])[$"{file.FileName}: {other}"],
            });
        }

        if (report.EnvelopeDigest is not { } digest)
        {
            return new SealFindings(false, [], problems);
        }

        if (await blobs.ReadAsync(BlobDigest.Parse(digest), MaximumEnvelope, cancellationToken).ConfigureAwait(false) is not BlobRead.Whole whole)
        {
            return new SealFindings(true, [], [.. problems, $"the envelope {digest} is missing or damaged"]);
        }

        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(whole.Content.ToArray(), trust, new EnvelopePolicy(requireCosignature));
        if (verdict is not EnvelopeVerdict.Verified verified)
        {
            return new SealFindings(true, [], [.. problems, $"envelope: {WordsOf(verdict)}"]);
        }

        List<string> signed =
        [
            .. verified.Signatures.Where(finding => finding.VerifiedBy is not null)
                .Select(finding => $"signed by {AlgorithmPolicy.NameOf(finding.VerifiedBy!.Key.Algorithm)} {finding.VerifiedBy.Key.KeyId} ({finding.VerifiedBy.Origin})"),
        ];
        if (verified.Envelope.PayloadType != Envelope.StatementType || Statement.Parse(verified.Envelope.Payload.Span) is not StatementReading.Read { Statement: var statement })
        {
            return new SealFindings(true, signed, [.. problems, "envelope: the payload is no in-toto statement, so it names no file"]);
        }

        Compare(report, statement, files, signed, problems);
        return new SealFindings(true, signed, problems);
    }

    private static void Compare(StoredReport report, Statement statement, IReadOnlyList<Rendering> files, List<string> signed, List<string> problems)
    {
        try
        {
            if (statement.PredicateType == RunStatement.PredicateType)
            {
                RunFacts facts = RunStatement.FactsOf(statement);
                signed.Add($"{facts.Tool} {facts.ToolVersion}, run {facts.RunId}");
                if (facts.RunId != report.RunId.ToString())
                {
                    problems.Add($"envelope: it is of run {facts.RunId}, and the report of run {report.RunId}");
                }
            }
        }
        catch (FormatException exception)
        {
            problems.Add($"envelope: {exception.Message}");
        }

        HashSet<string> named = [.. statement.Subjects.Select(subject => subject.Sha256)];
        HashSet<string> kept = [.. files.Select(file => file.PlainDigest), .. files.Select(file => file.SealedDigest).OfType<string>()];
        foreach (Rendering file in files)
        {
            bool isNamed = named.Contains(file.PlainDigest) && (file.SealedDigest is null || named.Contains(file.SealedDigest));
            (isNamed ? signed : problems).Add(isNamed ? $"intact: {file.FileName}" : $"{file.FileName}: the envelope does not name it (sha256 {file.Blob.Digest})");
        }

        problems.AddRange(statement.Subjects.Where(subject => !kept.Contains(subject.Sha256)).Select(subject => $"{subject.Name}: the envelope names it, and the store does not have it (sha256 {subject.Sha256})"));
    }

    /// <summary>What is wrong with an envelope, in words.</summary>
    public static string WordsOf(EnvelopeVerdict verdict) => verdict switch
    {
        EnvelopeVerdict.UnknownKey unknown => $"none of its keys is trusted: {string.Join(", ", unknown.KeyIds)}",
        EnvelopeVerdict.SignatureBad bad => $"{bad.Field}: the signature is not key {bad.KeyId}'s over this content",
        EnvelopeVerdict.Malformed malformed => string.Create(CultureInfo.InvariantCulture, $"byte {malformed.Offset}: {malformed.Reason}"),
        EnvelopeVerdict.PolicyRefused refused => refused.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

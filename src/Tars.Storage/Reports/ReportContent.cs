using Tars.Storage.Findings;

namespace Tars.Storage.Reports;

/// <summary>Checks a report before any work and takes the digest of all that is kept of it.</summary>
internal static class ReportContent
{
    /// <summary>The digest.</summary>
    /// <exception cref="ArgumentException">The report contradicts itself, or holds text a database cannot hold.</exception>
    public static string DigestOf(NewReport report)
    {
        ArgumentException.ThrowIfNullOrEmpty(report.Name);
        RequireWord(report.Kind, "kind");
        using ContentDigest digest = new();
        digest.Add(report.Name).Add(report.Kind).Add(report.Service).Add((long?)StoreTime.Of(report.Window.From)).Add((long?)StoreTime.Of(report.Window.To)).Add(StoreTime.Text(report.Date));
        digest.Add(StoreWords.Of(report.Judgement?.Outcome)).Add(report.Judgement?.Reason);
        Blob(digest, report.Envelope);
        digest.Add((long?)report.Renderings.Count);
        foreach (Rendering rendering in report.Renderings)
        {
            RequireWord(rendering.Format, "format");
            StoreDigest.Require(rendering.PlainDigest, nameof(Rendering.PlainDigest));
            string stored = rendering.SealedDigest is null ? rendering.PlainDigest : StoreDigest.Require(rendering.SealedDigest, nameof(Rendering.SealedDigest));
            if (rendering.Blob.Digest != stored)
            {
                throw new ArgumentException($"the stored bytes of {rendering.FileName} are neither its plain nor its sealed ones");
            }

            digest.Add(rendering.Format).Add(rendering.FileName).Add(rendering.PlainDigest).Add(rendering.SealedDigest);
            Blob(digest, rendering.Blob);
        }

        digest.Add((long?)report.Figures.Count);
        foreach (StoredFigure figure in report.Figures)
        {
            figure.Require();
            (string state, double? value, double? coverage, string? reason) = Parts(figure.Measurement);
            digest.Add(figure.Service).Add(figure.Region).Add(figure.Labels).Add(figure.Metric).Add(figure.Unit).Add(state).Add(value).Add(coverage).Add(reason);
            digest.Add(StoreWords.Of(figure.Judgement?.Outcome)).Add(figure.Judgement?.Reason);
        }

        digest.Add((long?)report.Findings.Count);
        foreach (NewFinding finding in report.Findings)
        {
            finding.Require();
            digest.Add(finding.Kind).Add(finding.Service).Add(finding.Metric).Add(StoreWords.Of(finding.Severity)).Add(StoreTime.Text(finding.Date));
            digest.Add((long?)StoreTime.Of(finding.Started)).Add(StoreTime.Of(finding.Ended)).Add(finding.Score).Add(finding.Effect).Add(finding.PValue);
            digest.Add(finding.Summary).Add(finding.Details);
        }

        return digest.Finish();
    }

    /// <summary>A measurement as its columns.</summary>
    public static (string State, double? Value, double? Coverage, string? Reason) Parts(Measurement measurement) => measurement switch
    {
        Measurement.Measured measured => ("measured", measured.Value, measured.Coverage, null),
        Measurement.NoData none => ("no_data", null, null, none.Reason),
        Measurement.QueryFailed failed => ("query_failed", null, null, failed.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static void RequireWord(string word, string name)
    {
        if (string.IsNullOrEmpty(word) || word.Any(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException($"\"{word}\" is no lower-case word", name);
        }
    }

    private static void Blob(ContentDigest digest, BlobReference? blob)
    {
        if (blob is not null)
        {
            StoreDigest.Require(blob.Digest, nameof(BlobReference.Digest));
            ArgumentOutOfRangeException.ThrowIfNegative(blob.Size);
        }

        digest.Add(blob?.Digest).Add(blob?.Size);
    }
}

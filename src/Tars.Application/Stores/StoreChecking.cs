using System.Globalization;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Sealing.Verification;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Checks;
using Tars.Storage.Reports;

namespace Tars.Application.Stores;

/// <summary>Something in which rows, files, seals and audit log do not agree.</summary>
/// <param name="Part"><c>rows</c>, <c>files</c>, <c>seals</c>, <c>audit log</c> or <c>persons</c>.</param>
/// <param name="Key">Which row, file or run.</param>
/// <param name="What">What is wrong, in one line.</param>
public sealed record StoreDifference(string Part, string Key, string What);

/// <summary>How far a check came.</summary>
public sealed record StoreCheckCounts
{
    /// <summary>Reports.</summary>
    public long Reports { get; set; }

    /// <summary>Reports whose envelope verifies over their files.</summary>
    public long Sealed { get; set; }

    /// <summary>Reports without an envelope.</summary>
    public long Unsigned { get; set; }

    /// <summary>Files that rows name.</summary>
    public long Blobs { get; set; }

    /// <summary>Their bytes.</summary>
    public long BlobBytes { get; set; }

    /// <summary>Files that are named by nothing but their own row; garbage, once they are old.</summary>
    public long Unreferenced { get; set; }

    /// <summary>Files in the place of files that no row names; garbage, once they are old.</summary>
    public long Unlisted { get; set; }

    /// <summary>Runs.</summary>
    public long Runs { get; set; }

    /// <summary>Completed runs whose outcome is in the audit log with the same digests.</summary>
    public long InLog { get; set; }

    /// <summary>Completed runs whose outcome retention has removed from the log.</summary>
    public long OutlivedInLog { get; set; }

    /// <summary>Runs that are under way.</summary>
    public long UnderWay { get; set; }

    /// <summary>Runs whose process did not come back, and which nobody has brought to their end yet.</summary>
    public long BrokenOff { get; set; }
}

/// <summary>What a check found.</summary>
/// <param name="Counts">How much was compared.</param>
/// <param name="Differences">What differs; empty when all agrees.</param>
/// <param name="NotChecked">What could not be compared because there is nothing to compare it with.</param>
public sealed record StoreCheckResult(StoreCheckCounts Counts, IReadOnlyList<StoreDifference> Differences, IReadOnlyList<string> NotChecked);

/// <summary>Compares rows, files, seals and audit log.</summary>
/// <param name="store">The rows.</param>
/// <param name="blobs">The files.</param>
/// <param name="audit">Where the audit log is; null where none is kept.</param>
/// <param name="time">The clock.</param>
public sealed class StoreChecking(Store store, IBlobStore blobs, AuditSettings? audit, TimeProvider time)
{
    private const int Page = 500;
    private const int MostUnreferenced = 1_000_000;

    /// <summary>The only keys that are believed; null when seals are not verified, because nobody is trusted.</summary>
    public TrustedKeys? Trust { get; init; }

    /// <summary>Whether an envelope needs an RSA-PSS and a P-256 signature.</summary>
    public bool RequiresCosignature { get; init; }

    /// <summary>Whether files are read and hashed; else their size is compared.</summary>
    public bool ReadsFiles { get; init; } = true;

    /// <summary>Checks everything.</summary>
    /// <param name="progress">Told how far it is; null tells nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The database failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    /// <exception cref="Compliance.Audit.AuditLogException">The log cannot be read.</exception>
    public async Task<StoreCheckResult> RunAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        StoreCheckCounts counts = new();
        List<StoreDifference> differences = [];
        List<string> notChecked = [];
        progress?.Report("checking the rows");
        foreach (StoreProblem problem in await store.CheckAsync(cancellationToken).ConfigureAwait(false))
        {
            differences.Add(new StoreDifference("rows", $"{problem.Table} {problem.Key}".TrimEnd(), problem.What));
        }

        await CheckFilesAsync(counts, differences, progress, cancellationToken).ConfigureAwait(false);
        await CheckSealsAsync(counts, differences, notChecked, progress, cancellationToken).ConfigureAwait(false);
        (int brokenOff, int underWay) = await PublicationRecovery.CountAsync(store, cancellationToken).ConfigureAwait(false);
        (counts.BrokenOff, counts.UnderWay) = (brokenOff, underWay);
        progress?.Report("checking the audit log");
        await new LogComparison(store, audit, time).RunAsync(counts, differences, notChecked, cancellationToken).ConfigureAwait(false);
        return new StoreCheckResult(counts, differences, notChecked);
    }

    // Both lists are in the order of digests: one walk along both.
    private async Task CheckFilesAsync(StoreCheckCounts counts, List<StoreDifference> differences, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        counts.Unreferenced = (await store.Blobs.UnreferencedAsync(DateTimeOffset.MaxValue, MostUnreferenced, cancellationToken).ConfigureAwait(false)).Count;
        IAsyncEnumerator<BlobEntry> files = blobs.ListAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (files.ConfigureAwait(false))
        {
            bool more = await files.MoveNextAsync().ConfigureAwait(false);
            string? after = null;
            for (IReadOnlyList<BlobReference> rows = await ListAsync(null).ConfigureAwait(false); rows.Count > 0; rows = await ListAsync(after).ConfigureAwait(false))
            {
                foreach (BlobReference row in rows)
                {
                    progress?.Report(string.Create(CultureInfo.InvariantCulture, $"checking files {counts.Blobs}"));
                    BlobDigest digest = BlobDigest.Parse(row.Digest);
                    while (more && files.Current.Digest < digest)
                    {
                        counts.Unlisted++;
                        more = await files.MoveNextAsync().ConfigureAwait(false);
                    }

                    bool isThere = more && files.Current.Digest == digest;
                    differences.AddRange(await DifferenceOfAsync(row, isThere ? files.Current.Info.Size : null, cancellationToken).ConfigureAwait(false) is { } what ? [new StoreDifference("files", row.Digest, what)] : []);
                    more = isThere ? await files.MoveNextAsync().ConfigureAwait(false) : more;
                    (counts.Blobs, counts.BlobBytes) = (counts.Blobs + 1, counts.BlobBytes + row.Size);
                }

                after = rows[^1].Digest;
            }

            for (; more; more = await files.MoveNextAsync().ConfigureAwait(false))
            {
                counts.Unlisted++;
            }
        }

        Task<IReadOnlyList<BlobReference>> ListAsync(string? last) => store.Blobs.ListAsync(last, Page, cancellationToken);
    }

    private async Task<string?> DifferenceOfAsync(BlobReference row, long? size, CancellationToken cancellationToken)
    {
        if (size is null)
        {
            // Another page of the listing may be older than the file: it is asked for by name before it counts as missing.
            size = (await blobs.FindAsync(BlobDigest.Parse(row.Digest), cancellationToken).ConfigureAwait(false))?.Size;
        }

        if (size != row.Size)
        {
            return size is null
                ? "the file is missing"
                : string.Create(CultureInfo.InvariantCulture, $"the file has {size} bytes, and {row.Size} in its row");
        }

        return !ReadsFiles ? null : await blobs.CopyToAsync(BlobDigest.Parse(row.Digest), Stream.Null, long.MaxValue, cancellationToken).ConfigureAwait(false) switch
        {
            BlobCopy.Copied => null,
            BlobCopy.Missing => "the file is missing",
            var other => $"the file is {other}",
        };
    }

    private async Task CheckSealsAsync(StoreCheckCounts counts, List<StoreDifference> differences, List<string> notChecked, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        StoredSeal? seal = Trust is null ? null : new StoredSeal(store, blobs, Trust, RequiresCosignature);
        long notVerified = 0;
        ReportFilter filter = new() { PageSize = Page };
        for (IReadOnlyList<StoredReport> reports = await store.Reports.ListAsync(filter, cancellationToken).ConfigureAwait(false);
            reports.Count > 0;
            reports = await store.Reports.ListAsync(filter, cancellationToken).ConfigureAwait(false))
        {
            foreach (StoredReport report in reports)
            {
                counts.Reports++;
                progress?.Report(string.Create(CultureInfo.InvariantCulture, $"checking seals {counts.Reports}"));
                if (report.EnvelopeDigest is null)
                {
                    counts.Unsigned++;
                }
                else if (seal is null)
                {
                    notVerified++;
                }
                else
                {
                    SealFindings found = await seal.VerifyAsync(report, readsFiles: false, cancellationToken).ConfigureAwait(false);
                    counts.Sealed += found.Holds ? 1 : 0;
                    differences.AddRange(found.Problems.Select(problem => new StoreDifference("seals", string.Create(CultureInfo.InvariantCulture, $"report {report.Id}"), problem)));
                }
            }

            filter = filter with { After = (reports[^1].Date, reports[^1].Id) };
        }

        if (notVerified > 0)
        {
            notChecked.Add($"{notVerified} signed reports were not verified: no key is believed (--trust, or security.key_ring)");
        }
    }
}

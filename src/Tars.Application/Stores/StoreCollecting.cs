using System.Globalization;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Reports;

namespace Tars.Application.Stores;

/// <summary>What is, or would be, removed from a store.</summary>
/// <param name="Before">Reports filed under an earlier day are outlived; null when reports are kept.</param>
/// <param name="Reports">The outlived reports, the newest first.</param>
/// <param name="Files">Files that nothing points to and that are old enough, the outlived reports' own not among them: they are, a day after.</param>
/// <param name="Unlisted">Files that no row names, and that are old enough.</param>
/// <param name="Bytes">What files and unlisted ones take.</param>
/// <param name="Leftovers">What interrupted writers left behind and was removed; 0 when nothing is removed.</param>
public sealed record StoreGarbage(DateOnly? Before, IReadOnlyList<StoredReport> Reports, IReadOnlyList<BlobReference> Files, IReadOnlyList<BlobEntry> Unlisted, long Bytes, int Leftovers);

/// <summary>
/// Removes what a store needs no longer: reports that are older than the policy keeps them, then files that nothing points to. A file stays for a day after it was last put
/// there, because a run that is under way points to it only at its end.
/// </summary>
/// <param name="store">The rows.</param>
/// <param name="blobs">The files.</param>
/// <param name="time">The clock.</param>
public sealed class StoreCollecting(Store store, IBlobStore blobs, TimeProvider time)
{
    /// <summary>How long a file that nothing points to stays: a day.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromDays(1);

    private const int Page = 500;
    private const int MostFiles = 1_000_000;

    /// <summary>How long reports are kept, by the day they are filed under; null keeps them.</summary>
    public TimeSpan? KeepsReports { get; init; }

    /// <summary>Says what would be removed, and removes nothing.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    public async Task<StoreGarbage> FindAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateOnly? before = KeepsReports is { } kept ? DateOnly.FromDateTime((now - kept).UtcDateTime) : null;
        progress?.Report("looking for reports");
        List<StoredReport> reports = [];
        ReportFilter filter = new() { DateTo = before, PageSize = Page };
        for (bool more = before is not null; more;)
        {
            IReadOnlyList<StoredReport> page = await store.Reports.ListAsync(filter, cancellationToken).ConfigureAwait(false);
            reports.AddRange(page);
            more = page.Count == Page;
            filter = more ? filter with { After = (page[^1].Date, page[^1].Id) } : filter;
        }

        progress?.Report("looking for files");
        IReadOnlyList<BlobReference> files = await store.Blobs.UnreferencedAsync(now - Rest, MostFiles, cancellationToken).ConfigureAwait(false);
        List<BlobEntry> unlisted = await UnlistedAsync(now - Rest, cancellationToken).ConfigureAwait(false);
        return new StoreGarbage(before, reports, files, unlisted, files.Sum(file => file.Size) + unlisted.Sum(file => file.Info.Size), 0);
    }

    /// <summary>Removes what <see cref="FindAsync"/> found, as far as it still is garbage. Interrupted, what was removed is removed.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="StoreException">The database failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    public async Task<StoreGarbage> RemoveAsync(StoreGarbage found, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(found);
        DateTimeOffset seen = time.GetUtcNow() - Rest;
        List<StoredReport> reports = [];
        foreach (StoredReport report in found.Reports)
        {
            progress?.Report(string.Create(CultureInfo.InvariantCulture, $"removing reports {reports.Count + 1}/{found.Reports.Count}"));
            if (await store.Reports.RemoveAsync(report.Id, cancellationToken).ConfigureAwait(false))
            {
                reports.Add(report);
            }
        }

        // First the row, then the file: a row never names a file that is gone.
        List<BlobReference> files = [];
        foreach (BlobReference file in found.Files)
        {
            progress?.Report(string.Create(CultureInfo.InvariantCulture, $"removing files {files.Count + 1}/{found.Files.Count}"));
            if (await store.Blobs.ForgetAsync(file.Digest, seen, cancellationToken).ConfigureAwait(false))
            {
                await blobs.DeleteAsync(BlobDigest.Parse(file.Digest), cancellationToken).ConfigureAwait(false);
                files.Add(file);
            }
        }

        List<BlobEntry> unlisted = [];
        foreach (BlobEntry file in found.Unlisted)
        {
            if (!await IsListedAsync(file.Digest, cancellationToken).ConfigureAwait(false) && await blobs.DeleteAsync(file.Digest, cancellationToken).ConfigureAwait(false))
            {
                unlisted.Add(file);
            }
        }

        int leftovers = await blobs.CleanAsync(Rest, cancellationToken).ConfigureAwait(false);
        return found with { Reports = reports, Files = files, Unlisted = unlisted, Bytes = files.Sum(file => file.Size) + unlisted.Sum(file => file.Info.Size), Leftovers = leftovers };
    }

    private async Task<List<BlobEntry>> UnlistedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        List<BlobEntry> unlisted = [];
        await foreach (BlobEntry file in blobs.ListAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (file.Info.Created < before && !await IsListedAsync(file.Digest, cancellationToken).ConfigureAwait(false))
            {
                unlisted.Add(file);
            }
        }

        return unlisted;
    }

    private async Task<bool> IsListedAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        string name = digest.ToString();
        string before = name[..^1] + (char)(name[^1] - 1); // the text just before it
        return (await store.Blobs.ListAsync(before, 1, cancellationToken).ConfigureAwait(false)).Any(row => row.Digest == name);
    }
}

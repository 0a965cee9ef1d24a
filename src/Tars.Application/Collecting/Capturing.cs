using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>Makes captures: every query that any tool would send for a window, with its answer.</summary>
public static class Capturing
{
    /// <summary>Captures what a plan asks for; a capture that was interrupted goes on.</summary>
    /// <param name="reading">What is read.</param>
    /// <param name="plans">What <see cref="SeriesReading.Plan"/> planned.</param>
    /// <param name="folder">The capture's folder; with several backends it gets a folder for each.</param>
    /// <param name="createdBy">The program and its version.</param>
    /// <param name="progress">Receives how far it is, or null.</param>
    /// <param name="cancellationToken">Ends it; what was captured stays.</param>
    /// <returns>The folders with their manifests.</returns>
    /// <exception cref="SeriesSourceException">A backend failed, or the folder cannot be used.</exception>
    public static async Task<IReadOnlyList<(string Folder, CaptureManifest Manifest)>> CaptureAsync(
        SeriesReading reading,
        IReadOnlyList<BackendPlan> plans,
        string folder,
        string createdBy,
        IProgress<CollectionProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(plans);
        List<(string, CaptureManifest)> made = [];
        foreach (BackendPlan plan in plans)
        {
            ISeriesSource source = reading.SourceOf(plan).Source;
            string own = OpenedSource.FolderOf(folder, plan.Backend, plans.Count);
            made.Add((own, await CaptureAsync(source, plan.Plan, own, createdBy, reading.Concurrency, progress, cancellationToken).ConfigureAwait(false)));
        }

        return made;
    }

    /// <summary>Captures the answers of one source.</summary>
    public static async Task<CaptureManifest> CaptureAsync(
        ISeriesSource source,
        QueryPlan plan,
        string folder,
        string createdBy,
        int concurrency,
        IProgress<CollectionProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(plan);
        SourceDescription description = await source.DescribeAsync(cancellationToken).ConfigureAwait(false);
        using CaptureWriter writer = CaptureWriter.Open(folder, description, plan.ReadGrid, createdBy);
        SeriesCollector collector = new(new CapturingSource(source, writer), concurrency);
        await collector.CollectAsync(plan, progress, cancellationToken).ConfigureAwait(false);
        return writer.Complete();
    }
}

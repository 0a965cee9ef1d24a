using System.Text;
using Tars.Storage;

namespace Tars.Server.Telemetry;

/// <summary>What the store holds, as metrics. It is looked up at most once in <see cref="Fresh"/>, however often somebody reads.</summary>
internal sealed class StoreMeasurements(Store store, TimeProvider time) : IDisposable
{
    /// <summary>How long one look is good for.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private (StoreOverview Overview, long Timestamp)? _last;

    /// <summary>The families; none but the first where the store cannot be read: what is not known is not stated.</summary>
    /// <param name="prefix">What names begin with.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<IReadOnlyList<MetricFamily>> LookAsync(string prefix, CancellationToken cancellationToken)
    {
        StoreOverview? overview = await OverviewAsync(cancellationToken).ConfigureAwait(false);
        LookedUpFamily up = LookedUpFamily.Gauge($"{prefix}_store_up", "Whether the store could be read for this answer.", () => [(string.Empty, overview is null ? 0 : 1)]);
        if (overview is null)
        {
            return [up];
        }

        DateTimeOffset now = time.GetUtcNow();
        return
        [
            up,
            LookedUpFamily.Gauge($"{prefix}_reports_stored", "Reports in the store, by kind.", () => overview.Reports.Select(kind => (MetricFamily.Labels(("kind", kind.Kind)), (double)kind.Count))),
            LookedUpFamily.Gauge($"{prefix}_data_age_seconds", "How long ago the window of the newest report of a kind ended.", () => overview.Reports.Select(kind => (MetricFamily.Labels(("kind", kind.Kind)), (now - kind.Newest).TotalSeconds))),
            LookedUpFamily.Gauge($"{prefix}_availability_percent", "Availability of a service over the window of the newest stored report that measured it, 0 to 100.", () => overview.Availability.Select(one => (MetricFamily.Labels(("service", one.Service)), one.Percent))),
            LookedUpFamily.Counter($"{prefix}_command_executions_total", "Runs in the store that have ended, by command; failed are those that were given up.", () => overview.Runs.Select(run => (MetricFamily.Labels(("command", run.Command), ("status", run.IsCompleted ? "success" : "failed")), (double)run.Count))),
            new LookedUpFamily($"{prefix}_command_duration_seconds", "How long the completed runs in the store took, by command.", "histogram", (text, name) => Durations(text, name, overview)),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _looking.Dispose();

    private static void Durations(StringBuilder text, string name, StoreOverview overview)
    {
        foreach (RunDurations run in overview.Runs.Where(run => run.IsCompleted))
        {
            HistogramFamily<string>.WriteBuckets(text, name, MetricFamily.Labels(("command", run.Command)), RunDurations.Bounds, run.Within, run.Count, run.TotalSeconds);
        }
    }

    private async Task<StoreOverview?> OverviewAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is not { } last || time.GetElapsedTime(last.Timestamp) > Fresh)
            {
                _last = last = (await store.OverviewAsync(cancellationToken).ConfigureAwait(false), time.GetTimestamp());
            }

            return last.Overview;
        }
        catch (StoreException)
        {
            _last = null;
            return null;
        }
        finally
        {
            _looking.Release();
        }
    }
}

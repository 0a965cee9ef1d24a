using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Simulation.Fleets;

namespace Tars.Accuracy.Fleets;

/// <summary>Runs the detectors over many fleets and prints how well they did.</summary>
public static class FleetRun
{
    /// <summary>Scores one fleet.</summary>
    public static async Task<FleetScore> ScoreAsync(SimulatedFleet fleet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        SeriesSet set = await FleetConfiguration.CollectAsync(fleet, cancellationToken).ConfigureAwait(false);
        long started = Stopwatch.GetTimestamp();
        AnomalyReport report = AnomalyReport.Of(set, FleetConfiguration.Settings, AnomalyOptions.Default, set.Window);
        return FleetScore.Of(fleet, report.Events, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Scores the fleets of some seeds, two at a time, in the order of the seeds.</summary>
    public static async Task<IReadOnlyList<FleetScore>> ScoreAsync(
        IReadOnlyList<ulong> seeds, Func<ulong, SimulatedFleet> generate, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<int, FleetScore> scores = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, seeds.Count, options, async (i, token) =>
            scores[i] = await ScoreAsync(generate(seeds[i]), token).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. scores.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
    }

    /// <summary>Prints totals, figures per kind of fault and of decoy, and with <paramref name="details"/> every miss and false alarm.</summary>
    public static void Print(IReadOnlyList<FleetScore> scores, bool details, TextWriter output)
    {
        FleetTotals totals = FleetTotals.Of(scores);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"fleets {scores.Count}  precision {totals.Precision:0.000}  recall {totals.Recall:0.000}  decoys reported {totals.DecoyRate:0.0000}  false alarms per fleet {totals.FalseAlarmsPerFleet:0.00}  duplicates per fleet {totals.DuplicatesPerFleet:0.00}"));
        foreach (IGrouping<FaultKind, (PlantedFault Fault, AnomalyEvent? Event)> kind in scores.SelectMany(score => score.Faults).GroupBy(pair => pair.Fault.Kind).OrderBy(kind => kind.Key))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  fault {kind.Key,-18} planted {kind.Count(),5}  found {kind.Count(pair => pair.Event is not null),5}  recall {kind.Average(pair => pair.Event is null ? 0.0 : 1):0.000}  median error of start {EdgeError(kind, start: true):0} min, of end {EdgeError(kind, start: false):0} min"));
        }

        foreach (IGrouping<DecoyKind, (Decoy Decoy, IReadOnlyList<AnomalyEvent> Events)> kind in scores.SelectMany(score => score.Decoys).GroupBy(pair => pair.Decoy.Kind).OrderBy(kind => kind.Key))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  decoy {kind.Key,-18} planted {kind.Count(),5}  reported {kind.Count(pair => pair.Events.Count > 0),5}"));
        }

        double[] seconds = [.. scores.Select(score => score.Analysis.TotalSeconds).Order()];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  analysis per fleet: median {seconds[seconds.Length / 2]:0.00} s, longest {seconds[^1]:0.00} s"));
        foreach (FleetScore score in details ? scores : [])
        {
            foreach ((PlantedFault fault, _) in score.Faults.Where(pair => pair.Event is null))
            {
                output.WriteLine($"    seed {score.Seed} missed {fault}");
            }

            Write(output, score, "false alarm", score.FalseAlarms);
            Write(output, score, "duplicate", score.Duplicates);
            Write(output, score, "decoy", [.. score.Decoys.SelectMany(pair => pair.Events)]);
        }
    }

    private static double EdgeError(IEnumerable<(PlantedFault Fault, AnomalyEvent? Event)> faults, bool start)
    {
        double[] minutes = [.. faults
            .Where(pair => pair.Event is not null)
            .Select(pair => (start ? pair.Event!.Start - pair.Fault.Start : pair.Event!.End - pair.Fault.End).Duration().TotalMinutes)
            .Order()];
        return minutes.Length == 0 ? double.NaN : minutes[minutes.Length / 2];
    }

    private static void Write(TextWriter output, FleetScore score, string what, IReadOnlyList<AnomalyEvent> events)
    {
        foreach (AnomalyEvent e in events)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"    seed {score.Seed} {what}: {e.Service} {e.Metric} [{string.Join(',', e.Regions)}] {e.Kind} {e.Start:dd HH:mm}..{e.End:dd HH:mm} peak {e.Peak?.Value:0.####} expected {e.Peak?.Expected:0.####} confidence {e.Confidence} {e.Severity}"));
        }
    }
}

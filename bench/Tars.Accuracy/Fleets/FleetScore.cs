using System.Diagnostics;
using Tars.Observability.Anomalies;
using Tars.Simulation.Fleets;

namespace Tars.Accuracy.Fleets;

/// <summary>
/// What was found of a fleet's truth. Each event counts once: as the finder of one fault (right service, right kind, overlapping the truth
/// widened by ten minutes), as a duplicate or consequence of a fault (same service, inside the fault's time widened by half an hour), as a
/// reported decoy (starting in the decoy's time widened by ten minutes) or as a false alarm. Precision is finders over finders, decoys and
/// false alarms; duplicates are stated apart.
/// </summary>
/// <param name="Seed">The fleet's seed.</param>
/// <param name="Faults">Each fault and the event that found it, or null.</param>
/// <param name="Decoys">Each decoy and how many events were reported for it.</param>
/// <param name="Duplicates">Further events of faults that are there.</param>
/// <param name="FalseAlarms">Events without any cause in the truth, decoys not counted.</param>
/// <param name="Analysis">How long the analysis took.</param>
public sealed record FleetScore(
    ulong Seed,
    IReadOnlyList<(PlantedFault Fault, AnomalyEvent? Event)> Faults,
    IReadOnlyList<(Decoy Decoy, IReadOnlyList<AnomalyEvent> Events)> Decoys,
    IReadOnlyList<AnomalyEvent> Duplicates,
    IReadOnlyList<AnomalyEvent> FalseAlarms,
    TimeSpan Analysis)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    /// <summary>Scores the events of a fleet.</summary>
    public static FleetScore Of(SimulatedFleet fleet, IReadOnlyList<AnomalyEvent> events, TimeSpan analysis)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        HashSet<AnomalyEvent> used = new(ReferenceEqualityComparer.Instance);
        List<(PlantedFault, AnomalyEvent?)> faults = [];
        foreach (PlantedFault fault in fleet.Faults)
        {
            AnomalyEvent? finder = events.Where(e => !used.Contains(e) && Finds(e, fault)).MinBy(e => (e.Start - fault.Start).Duration());
            if (finder is not null)
            {
                used.Add(finder);
            }

            faults.Add((fault, finder));
        }

        AnomalyEvent[] duplicates = [.. events.Where(e => !used.Contains(e) && fleet.Faults.Any(fault => Follows(e, fault, fleet)))];
        used.UnionWith(duplicates);
        List<(Decoy, IReadOnlyList<AnomalyEvent>)> decoys = [];
        foreach (Decoy decoy in fleet.Decoys)
        {
            AnomalyEvent[] reported = [.. events.Where(e =>
                !used.Contains(e) && e.Service == decoy.Service && e.Start >= decoy.Start - Tolerance && e.Start < decoy.End + Tolerance)];
            used.UnionWith(reported);
            decoys.Add((decoy, reported));
        }

        return new FleetScore(fleet.Seed, faults, decoys, duplicates, [.. events.Where(e => !used.Contains(e))], analysis);
    }

    private static bool Finds(AnomalyEvent e, PlantedFault fault)
    {
        bool overlaps = e.Start < fault.End + Tolerance && fault.Start - Tolerance < e.End;
        bool service = e.Service == (fault.Service ?? AnomalyEvent.BackendService);
        return overlaps && service && fault.Kind switch
        {
            FaultKind.LatencySpike => e is { Kind: AnomalyKind.Spike, Unit: "ms" },
            FaultKind.ErrorBurst => e is { Kind: AnomalyKind.Spike, Metric: "error_rate" },
            FaultKind.SlowLeak => e is { Kind: AnomalyKind.Drift, Metric: "memory" },
            // A permanent fault overlaps everything after it: the change must also begin where it does, within six hours.
            FaultKind.LatencyRegression => e is { Kind: AnomalyKind.LevelShift, Unit: "ms" } && (e.Start - fault.Start).Duration() <= TimeSpan.FromHours(6),
            FaultKind.BackendOutage => e.Kind == AnomalyKind.MissingData,
            FaultKind.Flatline => e.Kind == AnomalyKind.Flatline,
            _ => throw new UnreachableException(),
        };
    }

    private static bool Follows(AnomalyEvent e, PlantedFault fault, SimulatedFleet fleet)
    {
        TimeSpan slack = TimeSpan.FromMinutes(30);
        bool service = fault.Service is null || e.Service == fault.Service;
        bool permanent = fault.End >= fleet.End && fault.Kind == FaultKind.LatencyRegression;
        return service && (permanent
            ? e.Unit == "ms" && (e.Start - fault.Start).Duration() <= TimeSpan.FromHours(6)
            : e.Start >= fault.Start - slack && e.End <= fault.End + slack);
    }
}

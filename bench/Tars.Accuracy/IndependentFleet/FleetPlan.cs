using System.Globalization;
using Tars.Simulation.Fleets;

namespace Tars.Accuracy.IndependentFleet;

/// <summary>What will happen to a fleet, drawn from the seed before any series is made.</summary>
/// <param name="Events">All events except restarts.</param>
/// <param name="Restarts">All restarts, by time.</param>
public sealed record FleetPlan(IReadOnlyList<PlannedEvent> Events, IReadOnlyList<PlannedRestart> Restarts)
{
    // A roll-out and the warming up of its processes are over after this many minutes.
    private const int RollOutMinutes = 30;

    /// <summary>The services, in a fixed order.</summary>
    public static IReadOnlyList<string> Services { get; } = ["storefront", "basket", "ledger", "notifier", "catalogue", "identity"];

    /// <summary>The regions.</summary>
    public static IReadOnlyList<string> Regions { get; } = ["ap-south", "eu-north"];

    /// <summary>Draws the plan of a seed.</summary>
    public static FleetPlan Draw(ulong seed)
    {
        // A draft can paint itself into a corner; each attempt is its own stream.
        for (int attempt = 0; ; attempt++)
        {
            if (new FleetPlanDraft(new Xoshiro256(seed, 1, attempt)).TryComplete() is { } plan)
            {
                return plan;
            }
        }
    }

    /// <summary>The faults, as a scorer reads them, by start.</summary>
    public IReadOnlyList<PlantedFault> Faults() =>
    [
        .. from planned in Events
           let kind = KindOf(planned.Kind)
           where kind is not null
           orderby planned.Start, planned.Service
           select new PlantedFault(
               kind.Value,
               planned.Service < 0 ? null : Services[planned.Service],
               FleetClock.At(planned.Start),
               FleetClock.At(planned.End),
               planned.Magnitude),
    ];

    /// <summary>The harmless events, as a scorer reads them, by start.</summary>
    public IReadOnlyList<Decoy> Decoys()
    {
        var decoys = new List<Decoy>();
        foreach (PlannedEvent planned in Events)
        {
            DecoyKind? kind = planned.Kind switch
            {
                PlannedEventKind.TrafficDoubling => DecoyKind.TrafficDoubling,
                PlannedEventKind.WildLatency or PlannedEventKind.WildConnections or PlannedEventKind.WildMemory => DecoyKind.NoisyScrape,
                _ => null,
            };
            if (kind is { } found)
            {
                decoys.Add(new Decoy(found, Services[planned.Service], FleetClock.At(planned.Start), FleetClock.At(planned.End)));
            }
        }

        foreach (PlannedRestart restart in Restarts.Where(r => r.Harmless))
        {
            decoys.Add(new Decoy(
                DecoyKind.NoOpDeployment,
                Services[restart.Service],
                FleetClock.At(restart.Scrape),
                FleetClock.At(restart.Scrape + RollOutMinutes)));
        }

        return [.. decoys.OrderBy(d => d.Start).ThenBy(d => d.Service, StringComparer.Ordinal)];
    }

    /// <summary>The deployments, by time; versions count up per service.</summary>
    public IReadOnlyList<SimulatedDeployment> Deployments()
    {
        var generation = new int[Services.Count];
        var deployments = new List<SimulatedDeployment>();
        foreach (PlannedRestart restart in Restarts.Where(r => r.IsDeployment))
        {
            generation[restart.Service]++;
            deployments.Add(new SimulatedDeployment(
                Services[restart.Service],
                FleetClock.At(restart.Scrape),
                VersionOf(restart.Service, generation[restart.Service])));
        }

        return deployments;
    }

    /// <summary>The version of a service after so many deployments.</summary>
    public static string VersionOf(int service, int deployments) =>
        string.Create(CultureInfo.InvariantCulture, $"{1 + (service % 3)}.{4 + (2 * service)}.{7 - service + deployments}");

    private static FaultKind? KindOf(PlannedEventKind kind) => kind switch
    {
        PlannedEventKind.LatencySpike => FaultKind.LatencySpike,
        PlannedEventKind.ErrorBurst => FaultKind.ErrorBurst,
        PlannedEventKind.SlowLeak => FaultKind.SlowLeak,
        PlannedEventKind.LatencyRegression => FaultKind.LatencyRegression,
        PlannedEventKind.BackendOutage => FaultKind.BackendOutage,
        PlannedEventKind.FlatConnections or PlannedEventKind.FlatMemory => FaultKind.Flatline,
        _ => null,
    };
}

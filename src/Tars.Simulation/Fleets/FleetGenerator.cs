namespace Tars.Simulation.Fleets;

/// <summary>
/// Draws fleets: an online shop of six services in two regions, with seasons, noise, deployments, faults and decoys. The README of this
/// project lists every metric and label.
/// </summary>
public static class FleetGenerator
{
    /// <summary>
    /// Draws a fleet. The same seed and options give the same bytes on every platform. A fault or decoy concerns every instance of its
    /// service in every region (a noisy scrape one instance) and nothing else; increments of counters between scrape k − 1 and scrape k
    /// are affected when scrape k lies in the fault.
    /// </summary>
    /// <param name="seed">Any number.</param>
    /// <param name="options">What to draw; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the faults and decoys asked for do not fit.</exception>
    public static SimulatedFleet Generate(ulong seed, FleetOptions? options = null)
    {
        options ??= new FleetOptions();
        options.Validate();
        FleetSchedule schedule = FleetSchedule.Draw(seed, options);
        FleetTimeline fleet = FleetTimeline.Of(seed, options, schedule);
        DateTimeOffset At(int minute) => options.Start.AddMinutes(minute);
        return new SimulatedFleet(
            seed,
            options.Start,
            TimeSpan.FromMinutes(1),
            fleet.Minutes,
            [.. ServiceProfile.All.Select(profile => profile.Name)],
            ServiceProfile.Regions,
            Series(fleet),
            [.. schedule.Faults.Select(fault => new PlantedFault(fault.Kind, fault.Service, At(fault.Start), At(fault.End), fault.Magnitude))],
            [.. schedule.Decoys.Select(decoy => new Decoy(decoy.Kind, decoy.Service, At(decoy.Start), At(decoy.End)))],
            [.. schedule.Deployments.Select(deployment => new SimulatedDeployment(deployment.Service, At(deployment.Time), deployment.Version))]);
    }

    private static List<SimulatedSeries> Series(FleetTimeline fleet)
    {
        Dictionary<(string Service, string Region), double[]> seasons = [];
        List<Func<IReadOnlyList<SimulatedSeries>>> targets = [];
        foreach (ServiceProfile profile in ServiceProfile.All)
        {
            foreach (string region in ServiceProfile.Regions)
            {
                double[] season = TrafficSeason.Of(fleet.Seed, profile, region, fleet.Start, fleet.Minutes);
                seasons.Add((profile.Name, region), season);
                for (int i = 0; i < profile.Instances; i++)
                {
                    int instance = i;
                    targets.Add(() => new ServiceTarget(fleet, profile, region, instance, season).Draw());
                }
            }
        }

        foreach (string region in ServiceProfile.Regions)
        {
            targets.Add(() => InfrastructureTargets.Draw(fleet, region, seasons[("frontend", region)]));
        }

        // Every target has random streams of its own, so the order in which they are drawn does not matter.
        IReadOnlyList<SimulatedSeries>[] drawn = new IReadOnlyList<SimulatedSeries>[targets.Count];
        Parallel.For(0, targets.Count, i => drawn[i] = targets[i]());
        return [.. drawn.SelectMany(series => series), .. OperatorAlerts.Of(fleet)];
    }
}

using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>Everything a target needs to know about the fleet it belongs to.</summary>
internal sealed record FleetTimeline(ulong Seed, DateTimeOffset Start, int Minutes, FleetSchedule Schedule, bool[] BackendDown)
{
    /// <summary>Makes the timeline of a schedule.</summary>
    public static FleetTimeline Of(ulong seed, FleetOptions options, FleetSchedule schedule)
    {
        int minutes = (int)options.Duration.TotalMinutes;
        bool[] down = new bool[minutes];
        foreach (ScheduledFault outage in schedule.Faults.Where(fault => fault.Kind == FaultKind.BackendOutage))
        {
            down.AsSpan(outage.Start..outage.End).Fill(true);
        }

        return new FleetTimeline(seed, options.Start, minutes, schedule, down);
    }

    /// <summary>The scrapes of one target that failed by themselves: about one in 4,000, and some of those at a restart.</summary>
    public bool[] MissedScrapes(RandomStream random, IEnumerable<int> restarts)
    {
        bool[] missed = new bool[Minutes];
        for (int k = 1; k < Minutes; k++)
        {
            missed[k] = random.Chance(1.0 / 4000) && !missed[k - 1];
        }

        foreach (int restart in restarts)
        {
            missed[restart] = random.Chance(0.5);
        }

        return missed;
    }

    /// <summary>Makes the samples of missed scrapes and of the outage missing.</summary>
    public void Hide(double[] samples, bool[]? missed)
    {
        for (int k = 0; k < samples.Length; k++)
        {
            if (BackendDown[k] || (missed is not null && missed[k]))
            {
                samples[k] = double.NaN;
            }
        }
    }

    /// <summary>The samples of <c>up</c>: 0 where the scrape failed, missing where the backend stored nothing.</summary>
    public double[] Up(bool[] missed)
    {
        double[] up = [.. missed.Select(miss => miss ? 0.0 : 1.0)];
        Hide(up, null);
        return up;
    }
}

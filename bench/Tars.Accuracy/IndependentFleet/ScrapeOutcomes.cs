namespace Tars.Accuracy.IndependentFleet;

/// <summary>What became of each scrape of one target.</summary>
public sealed class ScrapeOutcomes
{
    private readonly bool[] _failed = new bool[FleetClock.Scrapes];
    private readonly bool[] _lost = new bool[FleetClock.Scrapes];

    /// <summary>
    /// Draws now and then a single scrape that failed (<c>up</c> is 0, nothing else is stored) or was lost (nothing is stored), and takes
    /// the outage of the backend from the plan.
    /// </summary>
    /// <param name="plan">The plan of the fleet.</param>
    /// <param name="service">Index of the service of the target.</param>
    /// <param name="random">The stream to draw from.</param>
    public ScrapeOutcomes(FleetPlan plan, int service, Xoshiro256 random)
    {
        double chance = random.LogUniform(0.0001, 0.0008);
        bool previous = false;
        for (int k = 0; k < FleetClock.Scrapes; k++)
        {
            bool missed = random.Chance(chance) && !previous;
            bool lost = random.Chance(0.6);
            _failed[k] = missed && !lost;
            _lost[k] = missed && lost;
            previous = missed;
        }

        foreach (PlannedEvent planned in plan.Events)
        {
            if (planned.Kind == PlannedEventKind.BackendOutage)
            {
                Array.Fill(_lost, true, planned.Start, planned.End - planned.Start);
            }
            else if (planned.Service == service && planned.End == planned.Start + 1)
            {
                // A wild value that nobody stored would be no decoy.
                _failed[planned.Start] = _lost[planned.Start] = false;
                _failed[planned.Start - 1] = _lost[planned.Start - 1] = false;
            }
        }
    }

    /// <summary>The series of <c>up</c>: 1, 0 for a failed scrape, NaN for a lost one.</summary>
    public double[] Up()
    {
        var up = new double[FleetClock.Scrapes];
        for (int k = 0; k < up.Length; k++)
        {
            up[k] = _lost[k] ? double.NaN : _failed[k] ? 0 : 1;
        }

        return up;
    }

    /// <summary>Replaces by NaN, in place, what was not scraped.</summary>
    public double[] Mask(double[] samples)
    {
        for (int k = 0; k < samples.Length; k++)
        {
            if (_lost[k] || _failed[k])
            {
                samples[k] = double.NaN;
            }
        }

        return samples;
    }
}

using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Indicators;

/// <summary>
/// What counters gained, computed sample by sample from the definitions in docs/math.md, "Counters": a slow second implementation that
/// shares nothing with the folds.
/// </summary>
internal static class CounterOracle
{
    /// <summary>Gains of a set of series of one indicator in a window, and the mean share of live series measured per step.</summary>
    /// <param name="series">The series to add up.</param>
    /// <param name="targets">All series of the indicator: a series that appears while its target was scraped began at zero.</param>
    /// <param name="grid">The steps of the window.</param>
    /// <param name="bridgeSteps">The longest distance between samples that is bridged; also the lead-in that is read.</param>
    public static (double Gain, double Coverage) Of(
        IEnumerable<(LabelSet Labels, IReadOnlyList<(DateTimeOffset Time, double Value)> Samples)> series,
        IEnumerable<(LabelSet Labels, IReadOnlyList<(DateTimeOffset Time, double Value)> Samples)> targets,
        TimeGrid grid,
        int bridgeSteps)
    {
        double gain = 0;
        int[] live = new int[grid.Count];
        int[] measured = new int[grid.Count];
        List<(string Target, HashSet<int> Steps)> seen = [.. targets.Select(t => (Target(t.Labels), t.Samples.Select(s => StepOf(grid, s.Time)).ToHashSet()))];
        foreach ((LabelSet labels, IReadOnlyList<(DateTimeOffset Time, double Value)> samples) in series)
        {
            List<(int Step, double Value)> read = [];
            foreach ((DateTimeOffset time, double value) in samples)
            {
                int step = StepOf(grid, time);
                if (step < -bridgeSteps || step >= grid.Count)
                {
                    continue; // outside what is read
                }

                if (read.Count > 0 && read[^1].Step == step)
                {
                    read.RemoveAt(read.Count - 1); // the last sample of a step speaks for it
                }

                read.Add((step, value));
            }

            if (read.Count == 0)
            {
                continue;
            }

            bool born = read[0].Step > -bridgeSteps && seen.Any(t => t.Target == Target(labels) && t.Steps.Contains(read[0].Step - 1));
            if (born)
            {
                Put(read[0].Step, read[0].Value, true);
                Live(read[0].Step);
            }

            for (int i = 1; i < read.Count; i++)
            {
                int distance = read[i].Step - read[i - 1].Step;
                double difference = read[i].Value < read[i - 1].Value ? read[i].Value : read[i].Value - read[i - 1].Value;
                if (distance <= bridgeSteps)
                {
                    Put(read[i].Step, difference, distance == 1);
                }

                for (int step = read[i - 1].Step + 1; step <= read[i].Step; step++)
                {
                    Live(step);
                }
            }
        }

        return (gain, Enumerable.Range(0, grid.Count).Average(i => live[i] == 0 ? 0 : (double)measured[i] / live[i]));

        void Live(int step)
        {
            if (step >= 0)
            {
                live[step]++;
            }
        }

        void Put(int step, double value, bool isMeasured)
        {
            if (step >= 0)
            {
                gain += value;
                measured[step] += isMeasured ? 1 : 0;
            }
        }
    }

    // Steps are open to the left: a sample exactly on a boundary belongs to the step before it.
    private static int StepOf(TimeGrid grid, DateTimeOffset time) => (int)Math.Ceiling((time - grid.Start) / grid.Step) - 1;

    private static string Target(LabelSet labels) => $"{labels["job"]}|{labels["instance"]}|{labels["pod"]}";
}

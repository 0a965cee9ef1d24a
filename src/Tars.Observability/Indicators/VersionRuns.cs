namespace Tars.Observability.Indicators;

/// <summary>
/// When which version of a service ran, and where one took over from another. A version that was never there before is a deployment where it
/// begins. A return to an earlier one is a deployment only when instances moved: a region that is not scraped for a while takes its version with
/// it and brings it back, and nobody deployed anything.
/// </summary>
/// <param name="presence">Instances of each version at each step that was read.</param>
/// <param name="span">Steps in which a roll-out is over; an absence shorter than this, while other versions were measured, is none.</param>
internal sealed class VersionRuns(IReadOnlyDictionary<string, int[]> presence, int span)
{
    /// <summary>Every change: the step at which it began, the version before and the one after. By step, then by name.</summary>
    public IReadOnlyList<(int Step, string From, string To)> Changes() =>
    [
        .. presence.Keys.SelectMany(version => Begun(version).Concat(Returned(version)))
            .Distinct().OrderBy(change => change.Step).ThenBy(change => change.To, StringComparer.Ordinal),
    ];

    private IEnumerable<(int Step, string From, string To)> Begun(string version)
    {
        int first = Array.FindIndex(presence[version], count => count > 0);
        if (first > 0 && LastBefore(first, version) is { } before)
        {
            yield return (first, before, version);
        }
    }

    // Either the version was gone and comes back while another shrinks, or it stayed and grows again when a later one ends.
    private IEnumerable<(int Step, string From, string To)> Returned(string version)
    {
        List<(int First, int Last)> runs = RunsOf(version);
        foreach ((int first, _) in runs.Skip(1))
        {
            if (LastBefore(first, version) is { } other && Level(other, first + span, span) < Level(other, first - span, span))
            {
                yield return (first, other, version);
            }
        }

        foreach (string other in presence.Keys.Where(other => other != version))
        {
            foreach ((int first, int last) in RunsOf(other).Where(run => runs.Any(own => own.First < run.First && own.Last > run.Last)))
            {
                if (Level(version, last + 1, span) > Level(version, first, last + 1 - first))
                {
                    yield return (last + 1, other, version);
                }
            }
        }
    }

    private List<(int First, int Last)> RunsOf(string version)
    {
        int[] counts = presence[version];
        List<(int First, int Last)> runs = [];
        int absent = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
            {
                absent += presence.Values.Any(other => other[i] > 0) ? 1 : 0;
                continue;
            }

            if (runs.Count > 0 && absent < span)
            {
                runs[^1] = (runs[^1].First, i);
            }
            else
            {
                runs.Add((i, i));
            }

            absent = 0;
        }

        return runs;
    }

    // The version seen last before a step, other than the one that begins there.
    private string? LastBefore(int step, string version) => presence
        .Where(other => other.Key != version)
        .Select(other => (other.Key, Last: Array.FindLastIndex(other.Value, step - 1, count => count > 0)))
        .Where(other => other.Last >= 0)
        .OrderByDescending(other => other.Last)
        .ThenBy(other => other.Key, StringComparer.Ordinal)
        .Select(other => other.Key)
        .FirstOrDefault();

    // Median of instances over the steps at which anything was measured; NaN, which compares false, when there is none.
    private double Level(string version, int from, int length)
    {
        int[] counts = presence[version];
        double[] measured =
        [
            .. Enumerable.Range(0, counts.Length).Skip(Math.Max(0, from)).Take(length + Math.Min(0, from))
                .Where(i => presence.Values.Any(other => other[i] > 0)).Select(i => (double)counts[i]),
        ];
        return Statistics.Quantiles.Median.Of(measured);
    }
}

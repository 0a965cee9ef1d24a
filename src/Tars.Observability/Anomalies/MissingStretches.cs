namespace Tars.Observability.Anomalies;

/// <summary>Finds stretches without measurements in what used to be measured.</summary>
internal static class MissingStretches
{
    // A restart makes a gap of a few minutes: of one service it is an event from ten minutes on, of the whole backend from five.
    private static readonly TimeSpan ShortestOfBackend = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestOfService = TimeSpan.FromMinutes(10);

    /// <summary>Stretches in which nine tenths of all courses that exist by then are missing at once: the backend's, not a service's.</summary>
    /// <param name="courses">All courses.</param>
    /// <param name="calendar">The calendar.</param>
    /// <returns>Stretches in steps; empty when fewer than two services are there to tell the backend from a service.</returns>
    public static IReadOnlyList<(int From, int To)> OfBackend(IReadOnlyList<Course> courses, Calendar calendar)
    {
        Course[] judged = [.. courses.Where(course => course.Series.Key.Region is null && course.MeasuredCount > 0)];
        if (judged.Select(course => course.Series.Key.Service).Distinct().Count() < 2)
        {
            return [];
        }

        int[] born = [.. judged.Select(course => Array.IndexOf(course.Missing, false))];
        bool[] absent = new bool[calendar.Grid.Count];
        for (int i = 0; i < absent.Length; i++)
        {
            int there = 0;
            int missing = 0;
            for (int c = 0; c < judged.Length; c++)
            {
                there += born[c] < i ? 1 : 0;
                missing += born[c] < i && judged[c].Missing[i] ? 1 : 0;
            }

            absent[i] = there > 0 && missing >= 0.9 * there;
        }

        return [.. Runs(absent, 1).Where(run => run.To - run.From >= Steps(ShortestOfBackend, calendar))];
    }

    /// <summary>Stretches in which one course is missing, those of the backend left out.</summary>
    public static IReadOnlyList<Finding> Of(int index, Course course, Calendar calendar, IReadOnlyList<(int From, int To)> backend)
    {
        int born = Array.IndexOf(course.Missing, false);
        if (born < 0)
        {
            return [];
        }

        bool[] missing = (bool[])course.Missing.Clone();
        missing.AsSpan(0, born).Clear();
        foreach ((int from, int to) in backend)
        {
            // A counter needs a step more than a gauge to come back.
            missing.AsSpan(Math.Max(0, from - 1), Math.Min(missing.Length, to + 2) - Math.Max(0, from - 1)).Clear();
        }

        int shortest = Steps(ShortestOfService, calendar);
        List<(int From, int To)> runs = Runs(missing, 1);
        int total = runs.Sum(run => run.To - run.From);
        List<Finding> findings = [];
        foreach ((int from, int to) in runs)
        {
            int length = to - from;
            int[] others = [.. runs.Where(run => run.From != from).Select(run => run.To - run.From).Order()];
            int usual = others.Length == 0 ? 0 : others[(others.Length - 1) * 9 / 10];
            double otherwise = 1 - ((total - length) / (double)Math.Max(1, missing.Length - born - length));
            if (length >= shortest && length > 2 * usual && otherwise >= 0.8)
            {
                double p = Math.Min(1, (missing.Length - born) * Math.Pow(Math.Max(1e-3, 1 - otherwise), length));
                findings.Add(new Finding(index, AnomalyKind.MissingData, from, to, 0, (double)length / shortest, 0, p, null));
            }
        }

        return findings;
    }

    private static int Steps(TimeSpan duration, Calendar calendar) => Math.Max(3, (int)Math.Ceiling(duration / calendar.Grid.Step));

    private static List<(int From, int To)> Runs(bool[] flags, int slack)
    {
        List<(int From, int To)> runs = [];
        for (int i = 0; i < flags.Length; i++)
        {
            if (!flags[i])
            {
                continue;
            }

            if (runs.Count > 0 && i - runs[^1].To <= slack)
            {
                runs[^1] = (runs[^1].From, i + 1);
            }
            else
            {
                runs.Add((i, i + 1));
            }
        }

        return runs;
    }
}

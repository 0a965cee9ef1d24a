using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// What recurs at a quarter of an hour of the day beyond the smooth season (a nightly job): for each day the median of the other days,
/// of the same kind (weekday or weekend) where there are at least four of them.
/// </summary>
internal static class DailyHabit
{
    private const int Quarters = 96;
    private const int FewestDays = 4;

    /// <summary>The habit per step; zero with fewer than five days of history.</summary>
    public static double[] Of(double[] rest, Calendar calendar)
    {
        double[] habit = new double[rest.Length];
        if (calendar.DayCount <= FewestDays || calendar.Baseline == BaselineKind.LocalLevel)
        {
            return habit;
        }

        double[] cells = Cells(rest, calendar);
        bool[] weekend = new bool[calendar.DayCount];
        for (int i = 0; i < rest.Length; i++)
        {
            weekend[calendar.DayOf[i]] = calendar.IsWeekend[i];
        }

        double[] expected = new double[cells.Length];
        double[] alike = new double[calendar.DayCount];
        double[] all = new double[calendar.DayCount];
        for (int day = 0; day < calendar.DayCount; day++)
        {
            for (int quarter = 0; quarter < Quarters; quarter++)
            {
                int alikeCount = 0;
                int allCount = 0;
                for (int other = 0; other < calendar.DayCount; other++)
                {
                    double value = cells[(other * Quarters) + quarter];
                    if (other == day || double.IsNaN(value))
                    {
                        continue;
                    }

                    all[allCount++] = value;
                    if (weekend[other] == weekend[day])
                    {
                        alike[alikeCount++] = value;
                    }
                }

                expected[(day * Quarters) + quarter] = alikeCount >= FewestDays ? Median.InPlace(alike.AsSpan(0, alikeCount))
                    : allCount >= FewestDays ? Median.InPlace(all.AsSpan(0, allCount))
                    : 0;
            }
        }

        for (int i = 0; i < rest.Length; i++)
        {
            habit[i] = expected[(calendar.DayOf[i] * Quarters) + calendar.QuarterOf(i)];
        }

        return habit;
    }

    // The median of each day and quarter, less the day's own median, so that a raised day is no habit of the others.
    private static double[] Cells(double[] rest, Calendar calendar)
    {
        double[] cells = new double[calendar.DayCount * Quarters];
        Array.Fill(cells, double.NaN);
        List<double> current = [];
        for (int i = 0; i < rest.Length;)
        {
            int cell = (calendar.DayOf[i] * Quarters) + calendar.QuarterOf(i);
            current.Clear();
            for (; i < rest.Length && (calendar.DayOf[i] * Quarters) + calendar.QuarterOf(i) == cell; i++)
            {
                if (double.IsFinite(rest[i]))
                {
                    current.Add(rest[i]);
                }
            }

            cells[cell] = current.Count == 0 ? double.NaN : Median.InPlace(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(current));
        }

        for (int day = 0; day < calendar.DayCount; day++)
        {
            Span<double> row = cells.AsSpan(day * Quarters, Quarters);
            double median = Median.Of(row);
            foreach (ref double cell in row)
            {
                cell -= median;
            }
        }

        return cells;
    }
}

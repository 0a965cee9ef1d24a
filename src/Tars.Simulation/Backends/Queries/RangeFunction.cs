namespace Tars.Simulation.Backends.Queries;

/// <summary>Functions of the samples in a range; the range [from, to] includes both ends, as in Prometheus before 3.0.</summary>
internal static class RangeFunction
{
    /// <summary>How far back an instant selector looks, Prometheus's default.</summary>
    public const long LookbackMs = 5 * 60_000;

    /// <summary>Evaluates a function over a range of one series at every instant.</summary>
    public static double[] Evaluate(string function, StoredSeries series, Instants instants, long rangeMs, long offsetMs)
    {
        double[] values = new double[instants.Count];
        for (int i = 0; i < values.Length; i++)
        {
            long to = instants.At(i) - offsetMs;
            values[i] = Of(function, series.Samples, series.IndexFrom(to - rangeMs), series.IndexAt(to));
        }

        return values;
    }

    private static double Of(string function, double[] samples, int first, int last)
    {
        if (function == "last_over_time")
        {
            for (int k = last; k >= first; k--)
            {
                if (!double.IsNaN(samples[k]))
                {
                    return samples[k];
                }
            }

            return Column.Absent;
        }

        int count = 0;
        double result = 0;
        double rest = 0;
        for (int k = first; k <= last; k++)
        {
            double value = samples[k];
            if (double.IsNaN(value))
            {
                continue;
            }

            count++;
            switch (function)
            {
                case "avg_over_time": // the running mean of Prometheus, with Kahan's summation
                    Add((value / count) - (result / count), ref result, ref rest);
                    break;
                case "sum_over_time":
                    Add(value, ref result, ref rest);
                    break;
                case "max_over_time":
                    result = count == 1 ? value : Math.Max(result, value);
                    break;
                case "min_over_time":
                    result = count == 1 ? value : Math.Min(result, value);
                    break;
                default:
                    result = count;
                    break;
            }
        }

        return count == 0 ? Column.Absent : result + rest;
    }

    private static void Add(double increment, ref double sum, ref double rest)
    {
        double next = sum + increment;
        rest += Math.Abs(sum) >= Math.Abs(increment) ? (sum - next) + increment : (increment - next) + sum;
        sum = next;
    }
}

namespace Tars.Observability.Anomalies;

/// <summary>
/// Robust regression of coarse-bin medians on the seasonal terms, by iteratively reweighted least squares with Huber weights
/// (P. J. Huber, Annals of Mathematical Statistics 35 (1964) 73-101, doi:10.1214/aoms/1177703732). For every local day there are
/// coefficients to which that day contributed nothing.
/// </summary>
internal sealed class SeasonFit
{
    private const int Rounds = 4;
    private readonly Calendar _calendar;
    private readonly double[] _terms;
    private readonly double[][] _withoutDay;

    private SeasonFit(Calendar calendar, double[] terms, double[][] withoutDay)
    {
        _calendar = calendar;
        _terms = terms;
        _withoutDay = withoutDay;
    }

    /// <summary>The seasonal terms of every coarse bin, row by row.</summary>
    public static double[] TermsOf(Calendar calendar)
    {
        double[] terms = new double[calendar.BinCount * calendar.ColumnCount];
        for (int b = 0; b < calendar.BinCount; b++)
        {
            calendar.Terms(calendar.MiddleOf(b), terms.AsSpan(b * calendar.ColumnCount, calendar.ColumnCount));
        }

        return terms;
    }

    /// <summary>Fits.</summary>
    /// <param name="calendar">The calendar.</param>
    /// <param name="terms">As given by <see cref="TermsOf"/>.</param>
    /// <param name="values">One value per coarse bin; NaN is missing.</param>
    public static SeasonFit Of(Calendar calendar, double[] terms, double[] values)
    {
        int p = calendar.ColumnCount;
        double[] weights = [.. values.Select(value => double.IsNaN(value) ? 0.0 : 1.0)];
        double[] coefficients = new double[p];
        double[][] normal = [];
        for (int round = 0; round < Rounds; round++)
        {
            normal = NormalByDay(calendar, terms, values, weights);
            coefficients = Solve(Sum(normal), p);
            double[] residuals = new double[values.Length];
            for (int b = 0; b < values.Length; b++)
            {
                residuals[b] = values[b] - Dot(terms.AsSpan(b * p, p), coefficients);
            }

            // Below a thousandth, differences are rounding, not noise: a constant gauge must not be weighted by it.
            double scale = Math.Max(1e-3, Statistics.Quantiles.MedianAbsoluteDeviation.Of(residuals));
            if (round == Rounds - 1 || double.IsNaN(scale))
            {
                break;
            }

            for (int b = 0; b < values.Length; b++)
            {
                weights[b] = double.IsNaN(values[b]) ? 0 : Math.Min(1, 1.5 * scale / Math.Max(1e-300, Math.Abs(residuals[b])));
            }
        }

        double[] total = Sum(normal);
        double[][] withoutDay = new double[normal.Length][];
        for (int day = 0; day < normal.Length; day++)
        {
            double[] rest = (double[])total.Clone();
            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] -= normal[day][i];
            }

            withoutDay[day] = calendar.Baseline == BaselineKind.LocalLevel ? coefficients : Solve(rest, p);
        }

        return new SeasonFit(calendar, terms, withoutDay);
    }

    /// <summary>The season of a coarse bin, from all days but its own.</summary>
    public double AtBin(int bin)
    {
        int p = _calendar.ColumnCount;
        return Dot(_terms.AsSpan(bin * p, p), _withoutDay[_calendar.DayOf[_calendar.MiddleOf(bin)]]);
    }

    /// <summary>The season of every step, each from all days but its own.</summary>
    public double[] Steps(double[] stepTerms)
    {
        int p = _calendar.ColumnCount;
        double[] season = new double[_calendar.Grid.Count];
        for (int i = 0; i < season.Length; i++)
        {
            season[i] = Dot(stepTerms.AsSpan(i * p, p), _withoutDay[_calendar.DayOf[i]]);
        }

        return season;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    // Per day the lower triangle of XᵀWX with XᵀWy as its last row.
    private static double[][] NormalByDay(Calendar calendar, double[] terms, double[] values, double[] weights)
    {
        int p = calendar.ColumnCount;
        double[][] normal = new double[calendar.DayCount][];
        for (int day = 0; day < normal.Length; day++)
        {
            normal[day] = new double[p * (p + 1)];
        }

        for (int b = 0; b < values.Length; b++)
        {
            if (weights[b] == 0)
            {
                continue;
            }

            double[] sums = normal[calendar.DayOf[calendar.MiddleOf(b)]];
            ReadOnlySpan<double> row = terms.AsSpan(b * p, p);
            for (int i = 0; i < p; i++)
            {
                double weighted = weights[b] * row[i];
                for (int j = 0; j <= i; j++)
                {
                    sums[(i * p) + j] += weighted * row[j];
                }

                sums[(p * p) + i] += weighted * values[b];
            }
        }

        return normal;
    }

    private static double[] Sum(double[][] parts)
    {
        double[] sum = new double[parts[0].Length];
        foreach (double[] part in parts)
        {
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += part[i];
            }
        }

        return sum;
    }

    // Cholesky with a ridge small enough to matter only where a term is not determined (a weekend nobody saw).
    private static double[] Solve(double[] normal, int p)
    {
        double[] lower = (double[])normal.Clone();
        double ridge = 1e-6 * Math.Max(1e-3, normal[0]);
        double[] x = new double[p];
        for (int i = 0; i < p; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = lower[(i * p) + j] + (i == j ? ridge : 0);
                for (int k = 0; k < j; k++)
                {
                    sum -= lower[(i * p) + k] * lower[(j * p) + k];
                }

                lower[(i * p) + j] = i == j ? Math.Sqrt(Math.Max(sum, ridge)) : sum / lower[(j * p) + j];
            }
        }

        for (int i = 0; i < p; i++)
        {
            double sum = normal[(p * p) + i];
            for (int k = 0; k < i; k++)
            {
                sum -= lower[(i * p) + k] * x[k];
            }

            x[i] = sum / lower[(i * p) + i];
        }

        for (int i = p - 1; i >= 0; i--)
        {
            double sum = x[i];
            for (int k = i + 1; k < p; k++)
            {
                sum -= lower[(k * p) + i] * x[k];
            }

            x[i] = sum / lower[(i * p) + i];
        }

        return x;
    }
}

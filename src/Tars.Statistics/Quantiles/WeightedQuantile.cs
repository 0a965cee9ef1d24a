namespace Tars.Statistics.Quantiles;

/// <summary>
/// Quantile of weighted observations: type 7 carried over to weights with Kish's effective sample size; equal weights give <see cref="Quantile"/>.
/// Source: A. Akinshin, "Weighted quantile estimators" (2023), doi:10.48550/arXiv.2304.07265.
/// </summary>
public static class WeightedQuantile
{
    /// <summary>Weighted quantile. A pair is skipped when its value or weight is NaN or its weight is 0.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <param name="weights">One weight per observation, at least 0 and finite.</param>
    /// <param name="p">Probability in [0, 1].</param>
    /// <returns>The quantile; NaN when no pair is left.</returns>
    /// <exception cref="ArgumentException">The spans differ in length, or a weight is negative or infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1] or NaN.</exception>
    public static double Of(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double p)
    {
        Quantile.Validate(p);
        if (values.Length != weights.Length)
        {
            throw new ArgumentException("values and weights differ in length", nameof(weights));
        }

        double[] kept = new double[values.Length];
        double[] mass = new double[values.Length];
        int count = 0;
        double total = 0;
        double squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double weight = weights[i];
            if (weight < 0 || double.IsInfinity(weight))
            {
                throw new ArgumentException($"weight {i} is {weight}; a finite number of at least 0 is expected", nameof(weights));
            }

            if (double.IsNaN(values[i]) || double.IsNaN(weight) || weight == 0)
            {
                continue;
            }

            kept[count] = values[i];
            mass[count++] = weight;
            total += weight;
            squares += weight * weight;
        }

        if (count == 0)
        {
            return double.NaN;
        }

        Array.Sort(kept, mass, 0, count);
        double effective = total * total / squares;
        double position = (p * (effective - 1)) + 1;
        double cumulative = 0;
        double before = 0;
        double result = 0;
        for (int i = 0; i < count; i++)
        {
            cumulative += mass[i];
            double at = i == count - 1 ? 1 : Math.Clamp((effective * cumulative / total) - position + 1, 0, 1);
            if (at > before)
            {
                result += (at - before) * kept[i];
                before = at;
            }
        }

        return result;
    }
}

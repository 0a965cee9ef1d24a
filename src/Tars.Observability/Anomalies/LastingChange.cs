namespace Tars.Observability.Anomalies;

/// <summary>A lasting change with its bounds in steps.</summary>
/// <param name="Shape">The change in coarse bins.</param>
/// <param name="From">First changed step.</param>
/// <param name="To">First step after the growth or the changed level.</param>
internal sealed record LastingChange(SlowShape Shape, int From, int To)
{
    /// <summary>Finds the exact bounds: where a jump is, the step at which the absolute deviations from both sides' levels are smallest.</summary>
    public static LastingChange Of(SlowShape shape, double[] deseasoned, Calendar calendar)
    {
        int n = deseasoned.Length;
        int from = Math.Min(shape.From * calendar.StepsPerBin, n);
        int to = Math.Min(shape.To * calendar.StepsPerBin, n);
        int reach = Math.Max(calendar.StepsPerBin, 2 * calendar.StepsPerBin * Math.Max(1, calendar.BinCount / 112));
        if (shape.Form == SlowForm.Step && from > 0)
        {
            from = Jump(deseasoned, from, Math.Min(reach, (to - from) / 2), shape.Amplitude);
        }

        if (shape.Form != SlowForm.LastingRamp && to < n)
        {
            to = Jump(deseasoned, to, Math.Min(reach, (to - from) / 2), -shape.Amplitude);
        }

        return new LastingChange(shape, from, Math.Max(from + 1, to));
    }

    /// <summary>Adds the change to an expectation.</summary>
    public void AddTo(double[] expected)
    {
        int last = Shape.Form == SlowForm.LastingRamp ? expected.Length : To;
        for (int i = From; i < last; i++)
        {
            expected[i] += Shape.Form == SlowForm.Step ? Shape.Amplitude : Shape.Amplitude * Math.Min(1, (i - From + 0.5) / (To - From));
        }
    }

    private static int Jump(double[] values, int near, int reach, double height)
    {
        int low = Math.Max(0, near - reach);
        int high = Math.Min(values.Length, near + reach);
        double before = Statistics.Quantiles.Median.Of(values.AsSpan(Math.Max(0, low - reach), Math.Min(low, values.Length) - Math.Max(0, low - reach)));
        before = double.IsNaN(before) ? Statistics.Quantiles.Median.Of(values.AsSpan(low, Math.Max(0, near - low))) : before;
        double after = before + height;
        double cost = 0;
        double smallest = 0;
        int best = low;
        for (int i = low; i < high; i++)
        {
            if (double.IsFinite(values[i]) && double.IsFinite(before))
            {
                cost += Math.Abs(values[i] - before) - Math.Abs(values[i] - after);
                if (cost < smallest)
                {
                    (smallest, best) = (cost, i + 1);
                }
            }
        }

        return best == low && smallest == 0 ? near : best;
    }
}

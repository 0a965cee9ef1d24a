using Tars.Observability.Objectives;

namespace Tars.Observability.Kpis;

/// <summary>Mean and extremes of a course over the steps of a window; steps that are NaN were not measured, or do not count, and do not enter.</summary>
internal static class Courses
{
    /// <summary>The mean; NaN when no step was measured.</summary>
    public static double Mean(AnalysedSteps steps, Func<int, double> at)
    {
        double sum = 0;
        int count = 0;
        for (int i = steps.From; i < steps.To; i++)
        {
            double value = at(i);
            if (!double.IsNaN(value))
            {
                sum += value;
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }

    /// <summary>The largest value, or the smallest; NaN when no step was measured.</summary>
    public static double Extreme(AnalysedSteps steps, bool smallest, Func<int, double> at)
    {
        double worst = double.NaN;
        for (int i = steps.From; i < steps.To; i++)
        {
            double value = at(i);
            if (!double.IsNaN(value) && (double.IsNaN(worst) || (smallest ? value < worst : value > worst)))
            {
                worst = value;
            }
        }

        return worst;
    }
}

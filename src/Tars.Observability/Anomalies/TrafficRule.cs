using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// A figure that follows load (CPU, connections, queues) and rises no more than the traffic of the same service and region at the same
/// time is no event: the extra work was done.
/// </summary>
internal static class TrafficRule
{
    /// <summary>Whether traffic explains a finding.</summary>
    /// <param name="finding">The finding, above expectation.</param>
    /// <param name="traits">The figure's traits.</param>
    /// <param name="traffic">The request rate's course without its season, on a logarithmic scale; NaN where missing.</param>
    /// <param name="calendar">The calendar.</param>
    public static bool Explains(Finding finding, FigureTraits traits, double[] traffic, Calendar calendar)
    {
        if (!traits.FollowsLoad || finding.Sign <= 0 || finding.Kind is AnomalyKind.Drift)
        {
            return false;
        }

        int reach = Math.Max(calendar.StepsPerBin, calendar.BinsPerDay * calendar.StepsPerBin / 2);
        List<double> around = [];
        for (int i = Math.Max(0, finding.From - reach); i < Math.Min(traffic.Length, finding.To + reach); i++)
        {
            if ((i < finding.From - 5 || i >= finding.To + 5) && double.IsFinite(traffic[i]))
            {
                around.Add(traffic[i]);
            }
        }

        double rise = Median.Of(traffic.AsSpan(finding.From, finding.Length)) - Median.Of(around.ToArray());
        return rise > Math.Log(1.15) && finding.ScaledEffect <= (1.3 * rise) + 0.1;
    }
}

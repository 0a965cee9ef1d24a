using Tars.Simulation.Fleets;

namespace Tars.Simulation.Tests.Fleets;

/// <summary>Plain arithmetic over the raw samples of a fleet.</summary>
internal static class FleetReading
{
    /// <summary>The minute of an instant.</summary>
    public static int Minute(this SimulatedFleet fleet, DateTimeOffset time) => (int)(time - fleet.Start).TotalMinutes;

    /// <summary>The series of a metric, of one service where named.</summary>
    public static SimulatedSeries[] Of(this SimulatedFleet fleet, string metric, string? service = null, string? code = null) =>
        [.. fleet.Series.Where(series => series.Metric == metric
            && (service is null || series.Labels.GetValueOrDefault("service") == service)
            && (code is null || series.Labels.GetValueOrDefault("code") == code))];

    /// <summary>What counters gained in minutes [from, to): differences of neighbours, from zero after a reset; gaps are stepped over.</summary>
    public static double Gain(this IEnumerable<SimulatedSeries> counters, int from, int to)
    {
        double gain = 0;
        foreach (SimulatedSeries series in counters)
        {
            double before = double.NaN;
            for (int k = Math.Max(0, from - 1); k < to; k++)
            {
                double now = series.Samples[k];
                if (!double.IsNaN(now))
                {
                    gain += double.IsNaN(before) ? 0 : now >= before ? now - before : now;
                    before = now;
                }
            }
        }

        return gain;
    }

    /// <summary>Mean of the samples that are there in minutes [from, to).</summary>
    public static double Mean(this IEnumerable<SimulatedSeries> gauges, int from, int to) =>
        gauges.SelectMany(series => series.Samples[from..to]).Where(value => !double.IsNaN(value)).Average();

    /// <summary>Mean latency in seconds in minutes [from, to): sum over count.</summary>
    public static double MeanLatency(this SimulatedFleet fleet, string service, int from, int to) =>
        fleet.Of("http_request_duration_seconds_sum", service).Gain(from, to) / fleet.Of("http_request_duration_seconds_count", service).Gain(from, to);

    /// <summary>The share of requests answered with 500 or 503 in minutes [from, to).</summary>
    public static double ErrorShare(this SimulatedFleet fleet, string service, int from, int to) =>
        (fleet.Of("http_requests_total", service, "500").Gain(from, to) + fleet.Of("http_requests_total", service, "503").Gain(from, to))
        / fleet.Of("http_requests_total", service).Gain(from, to);
}

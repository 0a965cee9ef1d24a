using Tars.Accuracy.IndependentFleet;
using Tars.Simulation.Fleets;
using Xunit;

namespace Tars.Simulation.Tests;

/// <summary>The test classes that read the same fleets.</summary>
[CollectionDefinition]
public sealed class IndependentFleetGroup : ICollectionFixture<IndependentFleetFixture>;

/// <summary>A few whole fleets, made once, with the sums a test asks for.</summary>
public sealed class IndependentFleetFixture
{
    public IReadOnlyList<SimulatedFleet> Fleets { get; } = [.. Enumerable.Range(1, 5).Select(seed => IndependentFleetGenerator.Generate((ulong)seed))];

    /// <summary>The scrape at an instant.</summary>
    public static int Scrape(SimulatedFleet fleet, DateTimeOffset time) => (int)((time - fleet.Start) / fleet.Interval);

    /// <summary>The series of a metric of a service, in all regions or one.</summary>
    public static IEnumerable<SimulatedSeries> Of(SimulatedFleet fleet, string metric, string service, string? region = null) =>
        fleet.Series.Where(s => s.Metric == metric && s.Labels["service"] == service && (region is null || s.Labels["region"] == region));

    /// <summary>
    /// The increase of a counter from one scrape to another, summed over series, skipping missing samples and counting a fall as a restart from 0.
    /// </summary>
    public static double Increase(IEnumerable<SimulatedSeries> counters, int from, int to)
    {
        double total = 0;
        foreach (SimulatedSeries counter in counters)
        {
            double previous = double.NaN;
            for (int k = from; k <= to; k++)
            {
                double value = counter.Samples[k];
                if (double.IsNaN(value))
                {
                    continue;
                }

                total += double.IsNaN(previous) ? 0 : value >= previous ? value - previous : value;
                previous = value;
            }
        }

        return total;
    }

    /// <summary>Mean latency in seconds between two scrapes.</summary>
    public static double MeanLatency(SimulatedFleet fleet, string service, string region, int from, int to) =>
        Increase(Of(fleet, "http_request_duration_seconds_sum", service, region), from, to)
        / Increase(Of(fleet, "http_request_duration_seconds_count", service, region), from, to);

    /// <summary>Share of requests answered with 500 between two scrapes.</summary>
    public static double ErrorShare(SimulatedFleet fleet, string service, string region, int from, int to)
    {
        SimulatedSeries[] requests = [.. Of(fleet, "http_requests_total", service, region)];
        return Increase(requests.Where(s => s.Labels["code"] == "500"), from, to) / Increase(requests, from, to);
    }

    /// <summary>Mean of the samples that are there.</summary>
    public static double Mean(IEnumerable<SimulatedSeries> gauges, int from, int to) =>
        gauges.SelectMany(s => s.Samples[from..to]).Where(v => !double.IsNaN(v)).Average();
}

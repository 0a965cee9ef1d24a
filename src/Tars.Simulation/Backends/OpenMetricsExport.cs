using System.Globalization;
using System.Text;
using Tars.Simulation.Fleets;

namespace Tars.Simulation.Backends;

/// <summary>Writes a fleet as OpenMetrics text, to load it into a real Prometheus: <c>promtool tsdb create-blocks-from openmetrics</c>.</summary>
public static class OpenMetricsExport
{
    /// <summary>Writes every sample with its scrape time (see <see cref="ScrapeOffset"/>), ended by <c># EOF</c>.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="writer">Where to; left open.</param>
    public static void Write(SimulatedFleet fleet, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(writer);
        foreach (SimulatedSeries series in fleet.Series)
        {
            string name = $"{series.Metric}{{{string.Join(',', series.Labels.Select(label => $"{label.Key}=\"{Escape(label.Value)}\""))}}}";
            long first = (fleet.Start + ScrapeOffset.Of(series.Labels)).ToUnixTimeMilliseconds();
            for (int k = 0; k < series.Samples.Length; k++)
            {
                if (!double.IsNaN(series.Samples[k]))
                {
                    long time = first + (k * (long)fleet.Interval.TotalMilliseconds);
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{name} {PrometheusNumber.Text(series.Samples[k])} {time / 1000}.{time % 1000:000}\n"));
                }
            }
        }

        writer.Write("# EOF\n");
    }

    private static string Escape(string value) =>
        new StringBuilder(value).Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").ToString();
}

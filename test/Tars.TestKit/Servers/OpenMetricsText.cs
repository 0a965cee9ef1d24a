using System.Globalization;
using System.Text;

namespace Tars.TestKit.Servers;

/// <summary>
/// Writes samples as OpenMetrics text that both servers load: one line per sample, timestamps in seconds, <c># EOF</c> at the
/// end. NaN stands for a missing sample and writes no line.
/// </summary>
public sealed class OpenMetricsText
{
    private readonly StringBuilder _lines = new();

    /// <summary>Adds a series on a regular grid.</summary>
    /// <param name="series">Name and labels as PromQL writes them: <c>requests_total{service="cart"}</c>.</param>
    /// <param name="start">Time of the first value.</param>
    /// <param name="step">Distance between values.</param>
    /// <param name="values">One value per grid point; NaN for none.</param>
    public OpenMetricsText Add(string series, DateTimeOffset start, TimeSpan step, IReadOnlyList<double> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            Add(series, start + (i * step), values[i]);
        }

        return this;
    }

    /// <summary>Adds one sample; NaN adds none.</summary>
    public OpenMetricsText Add(string series, DateTimeOffset time, double value)
    {
        if (!double.IsNaN(value))
        {
            string text = double.IsPositiveInfinity(value) ? "+Inf"
                : double.IsNegativeInfinity(value) ? "-Inf"
                : value.ToString("R", CultureInfo.InvariantCulture);
            decimal seconds = time.ToUnixTimeMilliseconds() / 1000m;
            _lines.Append(CultureInfo.InvariantCulture, $"{series} {text} {seconds}\n");
        }

        return this;
    }

    /// <summary>Writes the file and returns its path.</summary>
    public string Save(string path)
    {
        File.WriteAllText(path, ToString());
        return path;
    }

    /// <summary>The whole text.</summary>
    public override string ToString() => _lines + "# EOF\n";
}

using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tars.Application.Tests.Discovery;

/// <summary>
/// Listens to .NET meters and writes them in Prometheus's text format with the names of OpenTelemetry's Prometheus compatibility
/// specification: dots become underscores, the unit is spelled out as a suffix, counters end in <c>_total</c>.
/// </summary>
internal sealed partial class MeterExposition : IDisposable
{
    // The boundaries that OpenTelemetry's conventions advise for http.server.request.duration.
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    public MeterExposition(params string[] meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public string Scrape()
    {
        _listener.RecordObservableInstruments();
        StringBuilder text = new();
        lock (_lock)
        {
            foreach ((string name, Family family) in _families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {family.Type}\n");
                foreach ((string labels, double[] values) in family.Series)
                {
                    Write(text, name, family.Type, labels, values);
                }
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        string type = kind == typeof(Histogram<>) ? "histogram" : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? "counter" : "gauge";
        string labels = string.Join(',', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => $"{Plain().Replace(tag.Key, "_")}=\"{Convert.ToString(tag.Value, CultureInfo.InvariantCulture)}\""));
        lock (_lock)
        {
            string name = NameOf(instrument, type);
            if (!_families.TryGetValue(name, out Family? family))
            {
                _families[name] = family = new Family(type, new SortedDictionary<string, double[]>(StringComparer.Ordinal));
            }

            double[] values = family.Series.TryGetValue(labels, out double[]? known) ? known : family.Series[labels] = new double[type == "histogram" ? Bounds.Length + 2 : 1];
            if (type == "histogram")
            {
                int bound = Array.FindIndex(Bounds, upper => value <= upper);
                values[bound < 0 ? Bounds.Length : bound]++;
                values[^1] += value;
            }
            else
            {
                values[0] = instrument.IsObservable ? value : values[0] + value;
            }
        }
    }

    private static void Write(StringBuilder text, string name, string type, string labels, double[] values)
    {
        if (type != "histogram")
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : string.Empty)} {values[0]}\n");
            return;
        }

        double count = 0;
        string separator = labels.Length > 0 ? "," : string.Empty;
        for (int i = 0; i <= Bounds.Length; i++)
        {
            count += values[i];
            string bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{separator}le=\"{bound}\"}} {count}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{labels}}} {values[^1]}\n{name}_count{{{labels}}} {count}\n");
    }

    private static string NameOf(Instrument instrument, string type)
    {
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        string name = Plain().Replace(instrument.Name, "_");
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return type == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    [GeneratedRegex("[^a-zA-Z0-9]+")]
    private static partial Regex Plain();

    private sealed record Family(string Type, SortedDictionary<string, double[]> Series);
}

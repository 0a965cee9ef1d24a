using System.Globalization;
using System.Text.Json;
using Tars.Observability.Kpis;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Baselines;

/// <summary>A baseline read from a file.</summary>
/// <param name="Baseline">Its figures.</param>
/// <param name="IsLegacy">Whether the file is one of the predecessor's.</param>
/// <param name="Warnings">What a reader must know: figures left out or measured in another way. Empty for files of T.A.R.S.</param>
public sealed record BaselineReading(Baseline Baseline, bool IsLegacy, IReadOnlyList<string> Warnings);

/// <summary>Reads <c>ga_kpi_summary.json</c>, the predecessor's and T.A.R.S.'s own.</summary>
public static class LegacyFiles
{
    private static readonly (string Field, string Metric)[] Latencies =
    [
        ("avg_p50_latency_ms", KpiNames.P50Latency), ("avg_p95_latency_ms", KpiNames.P95Latency), ("avg_p99_latency_ms", KpiNames.P99Latency),
    ];

    private static readonly string[] NotComparable =
        ["avg_cpu_percent", "peak_cpu_percent", "avg_db_latency_ms", "max_db_latency_ms", "avg_redis_hit_rate", "min_redis_hit_rate"];

    /// <summary>Reads a baseline. A figure that is null or missing is not in it; it is never taken for zero.</summary>
    /// <param name="json">The file, UTF-8.</param>
    /// <exception cref="ReportFormatException">It is no JSON, no KPI summary, or of a newer format.</exception>
    public static BaselineReading ReadBaseline(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("overall_availability", out _))
            {
                throw new ReportFormatException("it is no ga_kpi_summary.json: it has no overall_availability");
            }

            return root.TryGetProperty("schema_version", out JsonElement version) ? OfOwn(root, version) : OfLegacy(root);
        }
        catch (JsonException exception)
        {
            throw new ReportFormatException($"line {(exception.LineNumber + 1)?.ToString(CultureInfo.InvariantCulture)}: it is no JSON", exception);
        }
    }

    private static BaselineReading OfOwn(JsonElement root, JsonElement version)
    {
        string stated = version.ValueKind == JsonValueKind.String ? version.GetString()! : version.ToString();
        if (stated.Split('.')[0] != JsonText.SchemaVersion.Split('.')[0])
        {
            throw new ReportFormatException($"its schema_version is {stated}; this program reads {JsonText.SchemaVersion}");
        }

        Dictionary<string, double> values = new(StringComparer.Ordinal);
        AddMeasured(values, null, root);
        foreach (JsonElement scope in Items(root, "services").Concat(Items(root, "infrastructure")))
        {
            if (TextAt(scope, "name") is { } service)
            {
                AddMeasured(values, service, scope);
                foreach (JsonElement indicator in Items(scope, "indicators"))
                {
                    if (TextAt(indicator, "name") is { } name && NumberAt(indicator, "value") is { } value)
                    {
                        values[Baseline.KeyOf(service, name)] = value;
                    }
                }
            }
        }

        return new BaselineReading(new Baseline(WindowOf(root), values), false, []);
    }

    // The fields that are figures are those the measurement object tells about.
    private static void AddMeasured(Dictionary<string, double> values, string? service, JsonElement scope)
    {
        if (scope.TryGetProperty("measurement", out JsonElement measurement) && measurement.ValueKind == JsonValueKind.Object)
        {
            foreach (string field in measurement.EnumerateObject().Select(property => property.Name))
            {
                if (NumberAt(scope, field) is { } value)
                {
                    string name = service is null && field.StartsWith("overall_", StringComparison.Ordinal) ? field["overall_".Length..] : field;
                    values[Baseline.KeyOf(service, name)] = value;
                }
            }
        }
    }

    private static BaselineReading OfLegacy(JsonElement root)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        List<string> warnings = ["the file is the predecessor's: its availability is an unweighted mean of scrape flags, not a share of requests"];
        if (NumberAt(root, "total_requests") is > 0)
        {
            Add(values, root, "overall_availability", KpiNames.Availability);
            Add(values, root, "overall_error_rate", KpiNames.ErrorRate);
        }
        else
        {
            warnings.Add("it counted no requests: its availability and error rate are defaults, not measurements, and are left out");
        }

        foreach ((string field, string metric) in Latencies)
        {
            if (NumberAt(root, field) is 0)
            {
                warnings.Add($"{field} is 0, the predecessor's default for no data: left out");
            }
            else if (Add(values, root, field, metric))
            {
                warnings.Add($"{field} is a mean of percentiles, compared with {metric} of all requests");
            }
        }

        foreach (string field in (string[])["avg_memory_percent", "peak_memory_percent"])
        {
            if (NumberAt(root, field) is { } memory)
            {
                warnings.Add(FormattableString.Invariant($"{field} {memory} is GiB per service, not percent: left out, because memory here is the sum of all services in bytes"));
            }
        }

        string[] others = [.. NotComparable.Where(field => NumberAt(root, field) is not null)];
        if (others.Length > 0)
        {
            warnings.Add($"left out, because nothing here is measured in the same way: {string.Join(", ", others)}");
        }

        return new BaselineReading(new Baseline(WindowOf(root), values), true, warnings);
    }

    private static bool Add(Dictionary<string, double> values, JsonElement root, string field, string metric)
    {
        if (NumberAt(root, field) is not { } value)
        {
            return false;
        }

        values[metric] = value;
        return true;
    }

    private static double? NumberAt(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    private static string? TextAt(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement[] Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : [];

    private static TimeWindow? WindowOf(JsonElement root) =>
        InstantAt(root, "ga_start") is { } from && InstantAt(root, "ga_end") is { } to && from < to ? new TimeWindow(from, to) : null;

    private static DateTimeOffset? InstantAt(JsonElement root, string name) =>
        DateTimeOffset.TryParse(TextAt(root, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant) ? instant : null;
}

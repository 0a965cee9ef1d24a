using System.Globalization;
using System.Text.Json;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>
/// Reads a <c>ga_kpi_summary.json</c> as a baseline: T.A.R.S.'s own, or the predecessor's flat one, whose overall figures bear the same names.
/// </summary>
public static class BaselineFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const long SizeLimit = 64L << 20;

    // The predecessor's means over samples stood where quantiles of all requests stand now.
    private static readonly Dictionary<string, string> OlderNames = new()
    {
        ["avg_p50_latency_ms"] = "p50_latency_ms",
        ["avg_p95_latency_ms"] = "p95_latency_ms",
        ["avg_p99_latency_ms"] = "p99_latency_ms",
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="RequestException">It is missing, no JSON, or holds no figure.</exception>
    public static async Task<Baseline> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > SizeLimit })
            {
                throw new RequestException($"{path} is larger than {SizeLimit} bytes, more than any summary");
            }

            byte[] json = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(json);
            return Of(document.RootElement, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: {exception.Message}", "write a baseline with 'tars kpi'");
        }
        catch (JsonException exception)
        {
            throw new RequestException($"{path}:{exception.LineNumber + 1}: it is no JSON", "write a baseline with 'tars kpi'");
        }
    }

    private static Baseline Of(JsonElement root, string path)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        if (root.ValueKind == JsonValueKind.Object)
        {
            Add(values, null, root);
            foreach (JsonElement scope in Items(root, "services").Concat(Items(root, "infrastructure")))
            {
                if (scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String)
                {
                    Add(values, name.GetString(), scope);
                }
            }
        }

        return values.Count > 0
            ? new Baseline(WindowOf(root), values)
            : throw new RequestException($"{path}: it holds no figure of a KPI summary", "write a baseline with 'tars kpi'");
    }

    private static void Add(Dictionary<string, double> values, string? service, JsonElement scope)
    {
        foreach (JsonProperty property in scope.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Number))
        {
            string name = property.Name.StartsWith("overall_", StringComparison.Ordinal) ? property.Name["overall_".Length..] : property.Name;
            values.TryAdd(Baseline.KeyOf(service, OlderNames.GetValueOrDefault(name, name)), property.Value.GetDouble());
        }

        foreach (JsonElement other in Items(scope, "indicators"))
        {
            if (other.TryGetProperty("name", out JsonElement name) && other.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.Number)
            {
                values.TryAdd(Baseline.KeyOf(service, name.GetString()!), value.GetDouble());
            }
        }
    }

    private static JsonElement[] Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : [];

    private static TimeWindow? WindowOf(JsonElement root) =>
        InstantAt(root, "ga_start") is { } from && InstantAt(root, "ga_end") is { } to && from < to ? new TimeWindow(from, to) : null;

    private static DateTimeOffset? InstantAt(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant) ? instant : null;
}

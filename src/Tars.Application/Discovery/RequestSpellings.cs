using System.Text.RegularExpressions;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>
/// The usual spellings of request counters and histograms, with any prefix a program puts before them (<c>prometheus_http_requests_total</c>),
/// and of the label that holds the status.
/// </summary>
/// <remarks>
/// Names are those of the Prometheus client libraries' middleware, Micrometer, prometheus-net, and OpenTelemetry's semantic conventions for
/// HTTP and RPC as its Prometheus exporters spell them.
/// </remarks>
internal static partial class RequestSpellings
{
    private static readonly string[] Counters = ["http_requests_total", "http_requests_received_total", "http_request_total"];

    private static readonly (string Name, double SecondsPerUnit)[] Histograms =
    [
        ("http_server_request_duration_seconds", 1),
        ("http_server_duration_milliseconds", 0.001),
        ("http_request_duration_seconds", 1),
        ("http_request_duration_milliseconds", 0.001),
        ("http_server_requests_seconds", 1),
        ("rpc_server_duration_milliseconds", 0.001),
    ];

    private static readonly string[] HttpStatusLabels = ["code", "status", "status_code", "http_response_status_code", "http_status_code"];

    private const string GrpcStatusLabel = "rpc_grpc_status_code";

    // Unknown, deadline exceeded, unimplemented, internal, unavailable, data loss: OpenTelemetry's conventions for gRPC call these a server's errors.
    private const string GrpcServerFaults = "2|4|12|13|14|15";

    /// <summary>Whether the name is one of the spellings, as a backend lists it.</summary>
    public static bool IsRequestMetric(string metric) =>
        Counters.Any(name => IsSpelling(metric, name))
        || Histograms.Any(histogram => IsSpelling(metric, histogram.Name + "_count") || IsSpelling(metric, histogram.Name + "_bucket"));

    /// <summary>The availabilities and latencies that a target's metrics give, the plainest spelling first.</summary>
    public static IEnumerable<IndicatorDefinition> In(TargetGroup target)
    {
        string[] metrics = [.. target.Series.Keys.Order(Comparer<string>.Create((a, b) => Compare(a, b, target.Name)))];
        foreach (string counter in metrics.Where(metric => Counters.Any(name => IsSpelling(metric, name)))
            .Concat(metrics.Where(metric => Histograms.Any(histogram => IsSpelling(metric, histogram.Name + "_count")))))
        {
            if (Availability(counter, target.Series[counter]) is { } availability)
            {
                yield return availability;
            }
        }

        foreach (string bucket in metrics)
        {
            (string? name, double secondsPerUnit) = Histograms.FirstOrDefault(histogram => IsSpelling(bucket, histogram.Name + "_bucket"));
            if (name is not null)
            {
                yield return new IndicatorDefinition.Latency(
                    IndicatorNames.Latency, new Selector(bucket[..^"_bucket".Length], []), secondsPerUnit, [0.5, 0.95, 0.99]);
            }
        }
    }

    /// <summary>Whether any series' label holds what an HTTP status looks like: <c>200</c>, or <c>2xx</c>.</summary>
    public static bool HoldsHttpStatus(IEnumerable<LabelSet> series, string label) =>
        series.Any(labels => labels[label] is { } value && HttpStatus().IsMatch(value));

    private static IndicatorDefinition.Ratio? Availability(string counter, IReadOnlyList<LabelSet> series)
    {
        string? http = HttpStatusLabels.FirstOrDefault(label => HoldsHttpStatus(series, label));
        (string? label, string bad) = http is not null ? (http, "5..")
            : series.Any(labels => labels[GrpcStatusLabel] is not null) ? (GrpcStatusLabel, GrpcServerFaults)
            : (null, string.Empty);
        if (label is null)
        {
            return null;
        }

        LabelMatcher known = new(label, MatchOperator.Matches, ".+");
        return new IndicatorDefinition.Ratio(
            IndicatorNames.Availability,
            new Selector(counter, [known, new LabelMatcher(label, MatchOperator.NotMatches, bad)]),
            RatioPart.Good,
            new Selector(counter, [known]),
            WholeIncludesPart: true);
    }

    // What a program asks of others is no request it served.
    private static bool IsSpelling(string metric, string name) =>
        metric.EndsWith(name, StringComparison.Ordinal)
        && (metric.Length == name.Length || metric[^(name.Length + 1)] == '_')
        && !metric.Split('_').Contains("client");

    // Without a prefix first, then with the target's own name as prefix, then by name.
    private static int Compare(string a, string b, string target)
    {
        int rank = Rank(a, target).CompareTo(Rank(b, target));
        return rank != 0 ? rank : string.CompareOrdinal(a, b);
    }

    private static int Rank(string metric, string target) =>
        metric.StartsWith("http_", StringComparison.Ordinal) || metric.StartsWith("rpc_", StringComparison.Ordinal) ? 0
        : metric.StartsWith(target + "_", StringComparison.Ordinal) ? 1
        : 2;

    [GeneratedRegex("^[1-5]([0-9]{2}|xx)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex HttpStatus();
}

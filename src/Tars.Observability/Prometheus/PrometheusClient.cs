using System.Globalization;
using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>
/// The Prometheus HTTP API v1 of one backend. Every method throws <see cref="SeriesSourceException"/> when the backend cannot be reached
/// or does not answer as the API says (<see cref="SourceFailure.Backend"/>), or refuses the query (<see cref="SourceFailure.Query"/>);
/// passing failures are retried first. Safe for concurrent use.
/// </summary>
public sealed class PrometheusClient : IDisposable
{
    private readonly PrometheusOptions _options;
    private readonly TimeProvider _time;
    private readonly BackendConnection _connection;

    /// <summary>Prepares a client; nothing is sent.</summary>
    /// <param name="options">How to reach the backend.</param>
    /// <param name="time">The clock for timeouts and pauses.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="SeriesSourceException">A certificate file cannot be read.</exception>
    public PrometheusClient(PrometheusOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _time) = (options, time);
        _connection = new BackendConnection(options, time);
        SendsNoCache = options.Dialect == PrometheusDialect.VictoriaMetrics;
    }

    /// <summary>Whether queries carry <c>nocache=1</c>: without it VictoriaMetrics moves start and end to multiples of the step.</summary>
    internal bool SendsNoCache { get; set; }

    /// <summary>Evaluates a query at one instant; a vector or scalar comes back.</summary>
    public Task<InstantAnswer> QueryAsync(string query, DateTimeOffset time, CancellationToken cancellationToken) =>
        GetAsync(
            new ApiRequest("query", [new("query", query), new("time", UnixSeconds(time)), .. NoCache()], MayPost: true, query),
            (data, warnings) => new InstantAnswer(JsonAnswer.Samples(data), warnings),
            cancellationToken);

    /// <summary>
    /// Evaluates a query on a grid, at the end of each step, in as many requests as the limit of points asks for. With one request
    /// series are handed on as they arrive; with more they are joined by label set first, which holds the answer in memory.
    /// </summary>
    public async Task<QueryAnswer> QueryRangeAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(consumer);
        RequestTally tally = new();
        long began = _time.GetTimestamp();
        RangeReading reading = new(_connection, query, _options, NoCache(), tally);
        try
        {
            QueryAnswer answer = await reading.ReadAsync(consumer, cancellationToken).ConfigureAwait(false);
            Report(answer, null);
            return answer;
        }
        catch (SeriesSourceException exception)
        {
            Report(new QueryAnswer(0, 0, []), exception.Message);
            throw;
        }

        void Report(QueryAnswer answer, string? failure) => _options.Timings?.Report(new QueryTiming(
            query.Text, _time.GetElapsedTime(began), tally.Bytes, answer.SeriesCount, answer.PointCount, tally.Requests, failure));
    }

    /// <summary>Label names, of all series or of those that match.</summary>
    public Task<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<string> matchers, TimeWindow? window, CancellationToken cancellationToken) =>
        GetAsync(new ApiRequest("labels", Matching(matchers, window), MayPost: true), (data, _) => JsonAnswer.Texts(data), cancellationToken);

    /// <summary>The values of a label, over all series or those that match.</summary>
    public Task<IReadOnlyList<string>> LabelValuesAsync(string label, IReadOnlyList<string> matchers, TimeWindow? window, CancellationToken cancellationToken) =>
        GetAsync(
            new ApiRequest($"label/{Uri.EscapeDataString(label)}/values", Matching(matchers, window)), (data, _) => JsonAnswer.Texts(data), cancellationToken);

    /// <summary>The label sets of the series that match any of the selectors.</summary>
    /// <param name="matchers">Series selectors, at least one.</param>
    /// <param name="window">Where they have samples; null for wherever the backend looks by default.</param>
    /// <param name="limit">Most series, where the backend honours it; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<IReadOnlyList<LabelSet>> SeriesAsync(IReadOnlyList<string> matchers, TimeWindow? window, int? limit, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] limits = limit is { } most ? [new("limit", most.ToString(CultureInfo.InvariantCulture))] : [];
        return GetAsync(
            new ApiRequest("series", [.. Matching(matchers, window), .. limits], MayPost: true),
            (data, _) => (IReadOnlyList<LabelSet>)[.. data.EnumerateArray().Select(JsonAnswer.Labels)],
            cancellationToken);
    }

    /// <summary>How many series match, counted as they arrive; <paramref name="most"/> when there are as many or more.</summary>
    public Task<long> CountSeriesAsync(string matcher, TimeWindow window, long most, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string> limit = new("limit", most.ToString(CultureInfo.InvariantCulture));
        ApiRequest request = new("series", [.. Matching([matcher], window), limit], MayPost: true, matcher);
        return SendAsync(request, (stream, token) => SeriesCount.ReadAsync(stream, most, matcher, token), cancellationToken);
    }

    /// <summary>What the backend knows about metrics, or about one; sorted by metric. Where sources contradict each other, one entry each.</summary>
    public Task<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, CancellationToken cancellationToken) =>
        GetAsync(
            new ApiRequest("metadata", metric is null ? [] : [new("metric", metric)]),
            (data, _) => (IReadOnlyList<MetricMetadata>)[.. data.EnumerateObject()
                .SelectMany(item => item.Value.EnumerateArray().Select(entry => new MetricMetadata(
                    item.Name, JsonAnswer.Text(entry, "type"), JsonAnswer.Text(entry, "help"), JsonAnswer.Text(entry, "unit"))))
                .OrderBy(entry => entry.Metric, StringComparer.Ordinal)],
            cancellationToken);

    /// <summary>What the backend says it is; VictoriaMetrics says nothing, or only a made-up version.</summary>
    public Task<BuildInformation> BuildInformationAsync(CancellationToken cancellationToken) =>
        GetAsync(
            new ApiRequest("status/buildinfo", []),
            (data, _) => new BuildInformation(JsonAnswer.Text(data, "application"), JsonAnswer.Text(data, "version"), JsonAnswer.Text(data, "revision")),
            cancellationToken);

    /// <summary>All rules, in the backend's order.</summary>
    public Task<IReadOnlyList<BackendRule>> RulesAsync(CancellationToken cancellationToken) =>
        GetAsync(
            new ApiRequest("rules", []),
            (data, _) => (IReadOnlyList<BackendRule>)[.. JsonAnswer.List(data, "groups").SelectMany(group => JsonAnswer.List(group, "rules").Select(rule => new BackendRule(
                JsonAnswer.Text(group, "name"),
                JsonAnswer.Text(rule, "name"),
                JsonAnswer.Text(rule, "query"),
                JsonAnswer.Text(rule, "type") == "alerting",
                rule.TryGetProperty("labels", out JsonElement labels) && labels.ValueKind == JsonValueKind.Object ? JsonAnswer.Labels(labels) : LabelSet.Empty,
                JsonAnswer.Text(rule, "health"))))],
            cancellationToken);

    /// <summary>Alerts that are pending or firing now.</summary>
    public Task<IReadOnlyList<ActiveAlert>> AlertsAsync(CancellationToken cancellationToken) =>
        GetAsync(
            new ApiRequest("alerts", []),
            (data, _) => (IReadOnlyList<ActiveAlert>)[.. JsonAnswer.List(data, "alerts").Select(alert => new ActiveAlert(
                JsonAnswer.Labels(alert.GetProperty("labels")),
                JsonAnswer.Text(alert, "state"),
                DateTimeOffset.TryParse(JsonAnswer.Text(alert, "activeAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset since) ? since : null))],
            cancellationToken);

    /// <summary>The text of a page at the backend's root, for example <c>/metrics</c>.</summary>
    internal Task<string> PageAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(
            new ApiRequest(path, []),
            async (stream, token) =>
            {
                using StreamReader reader = new(stream);
                return await reader.ReadToEndAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>An instant as the API takes it: Unix seconds with milliseconds.</summary>
    internal static string UnixSeconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);

    private static KeyValuePair<string, string>[] Matching(IReadOnlyList<string> matchers, TimeWindow? window) =>
    [
        .. matchers.Select(matcher => KeyValuePair.Create("match[]", matcher)),
        .. window is { } w ? new[] { KeyValuePair.Create("start", UnixSeconds(w.From)), KeyValuePair.Create("end", UnixSeconds(w.To)) } : [],
    ];

    private KeyValuePair<string, string>[] NoCache() => SendsNoCache ? [new("nocache", "1")] : [];

    private Task<T> GetAsync<T>(ApiRequest request, Func<JsonElement, IReadOnlyList<string>, T> convert, CancellationToken cancellationToken) =>
        SendAsync(
            request,
            (stream, token) => JsonAnswer.ReadAsync(stream, request.Query, (data, warnings) => convert(data, [.. warnings.Select(_connection.Mask)]), token),
            cancellationToken);

    private async Task<T> SendAsync<T>(ApiRequest request, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.SendAsync(request, read, null, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw BackendFailures.NotJson(request.AddressUnder(_options.Address), $"something else ({exception.Message})", exception);
        }
    }
}

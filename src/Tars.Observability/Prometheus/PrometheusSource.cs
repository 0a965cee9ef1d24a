using System.Globalization;
using System.Text.RegularExpressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>A live backend with the Prometheus HTTP API v1: Prometheus, VictoriaMetrics, Thanos, Mimir. Safe for concurrent use.</summary>
public sealed partial class PrometheusSource : ISeriesSource, IDisposable
{
    /// <summary>Where counting series stops: past it every limit a user sets has long been passed.</summary>
    public const long MostSeriesCounted = 1_000_000;

    private readonly PrometheusOptions _options;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly PrometheusClient _client;
    private SourceDescription? _description;

    /// <summary>Prepares a source; nothing is sent.</summary>
    /// <param name="options">How to reach the backend.</param>
    /// <param name="time">The clock for timeouts and pauses.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="SeriesSourceException">A certificate file cannot be read.</exception>
    public PrometheusSource(PrometheusOptions options, TimeProvider time)
    {
        _options = options;
        _client = new PrometheusClient(options, time);
    }

    /// <inheritdoc/>
    public async Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _description ??= await FindOutAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        if (_description is null)
        {
            await DescribeAsync(cancellationToken).ConfigureAwait(false); // the dialect decides about parameters
        }

        return await _client.QueryRangeAsync(query, consumer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Asks the backend's index (<c>/api/v1/series</c>), which touches no samples; stops at <see cref="MostSeriesCounted"/>.</remarks>
    public async Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) =>
        await _client.CountSeriesAsync(selector, window, MostSeriesCounted, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _gate.Dispose();
    }

    private async Task<SourceDescription> FindOutAsync(CancellationToken cancellationToken)
    {
        BuildInformation build = await BuildAsync(cancellationToken).ConfigureAwait(false);
        bool victoria = _options.Dialect == PrometheusDialect.VictoriaMetrics
            || (_options.Dialect == PrometheusDialect.Auto && build.Application.Length == 0 && build.Revision.Length == 0 && build.Version is "" or "2.24.0");
        if (victoria)
        {
            string? version = await VictoriaVersionAsync(cancellationToken).ConfigureAwait(false);
            if (version is not null || _options.Dialect == PrometheusDialect.VictoriaMetrics)
            {
                _client.SendsNoCache = true;
                return new SourceDescription("VictoriaMetrics", version ?? string.Empty, RangeBoundary.LeftOpen, PushesIncrease: true);
            }
        }

        RangeBoundary boundary = _options.Dialect switch
        {
            PrometheusDialect.Prometheus2 => RangeBoundary.Closed,
            PrometheusDialect.Prometheus3 => RangeBoundary.LeftOpen,
            _ => await MeasureBoundaryAsync(build, cancellationToken).ConfigureAwait(false),
        };
        return new SourceDescription(ApplicationOf(build), build.Version, boundary, PushesIncrease: false);
    }

    private async Task<BuildInformation> BuildAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _client.BuildInformationAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SeriesSourceException exception) when (exception.Message.Contains(" answered 404", StringComparison.Ordinal))
        {
            // Older Thanos and some gateways lack this page; whether the API is there at all is shown by a query.
            await _client.QueryAsync("vector(1)", DateTimeOffset.UnixEpoch, cancellationToken).ConfigureAwait(false);
            return new BuildInformation("Prometheus-compatible", string.Empty, "unknown");
        }
    }

    /// <summary>Whether a range includes its start, seen on a query that needs no data: a one-minute range with a point every minute holds two, or one.</summary>
    private async Task<RangeBoundary> MeasureBoundaryAsync(BuildInformation build, CancellationToken cancellationToken)
    {
        try
        {
            InstantAnswer answer = await _client
                .QueryAsync("count_over_time(vector(1)[1m:1m])", DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000), cancellationToken).ConfigureAwait(false);
            if (answer.Samples is [{ Value: 1 or 2 } sample])
            {
                return sample.Value == 1 ? RangeBoundary.LeftOpen : RangeBoundary.Closed;
            }
        }
        catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.Query)
        {
            // A gateway that refuses subqueries: the version has to tell.
        }

        string major = build.Version.Split('.')[0];
        return int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 3 && build.Application.Length == 0
            ? RangeBoundary.LeftOpen
            : RangeBoundary.Closed;
    }

    /// <summary>The version in VictoriaMetrics's own metrics; empty when it is there without one, null when it is not VictoriaMetrics.</summary>
    private async Task<string?> VictoriaVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            string page = await _client.PageAsync("/metrics", cancellationToken).ConfigureAwait(false);
            Match match = VictoriaVersion().Match(page);
            return match.Success ? match.Groups["version"].Value : null;
        }
        catch (SeriesSourceException)
        {
            return string.Empty; // a cluster's query address has no such page; the shape of its build information has told already
        }
    }

    private static string ApplicationOf(BuildInformation build) => build switch
    {
        { Application: "Grafana Mimir" } => "Mimir",
        { Application.Length: > 0 } => build.Application,
        _ when build.Version.StartsWith("0.", StringComparison.Ordinal) => "Thanos",
        _ => "Prometheus",
    };

    [GeneratedRegex("""^vm_app_version\{[^}]*short_version="(?<version>[^"]*)"[^}]*\}""", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex VictoriaVersion();
}

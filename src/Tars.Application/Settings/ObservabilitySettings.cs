using Tars.Observability.TimeSeries;

namespace Tars.Application.Settings;

/// <summary>The <c>observability</c> section: backends and how they are read.</summary>
/// <param name="Backend">The backend that services without one of their own are read from.</param>
/// <param name="Backends">All backends, by name; <c>default</c> is <c>observability.prometheus_url</c>.</param>
/// <param name="IsEnabled">Whether backends are read at all.</param>
/// <param name="Step">Distance of grid points.</param>
/// <param name="CoverageMinimum">Coverage below which a verdict is inconclusive.</param>
/// <param name="SettleDelay">How long after its end a window counts as final.</param>
/// <param name="BridgeLimit">The longest gap across which a counter is differenced.</param>
/// <param name="Timeout">Longest time of one query.</param>
/// <param name="ConnectTimeout">Longest time for a connection to be made.</param>
/// <param name="Retries">How often a query is sent again after a passing failure.</param>
/// <param name="Concurrency">Queries under way at once.</param>
/// <param name="PointsLimit">Points per series that one range query asks for at most.</param>
/// <param name="SeriesLimit">Series of a query above which the backend takes the differences.</param>
/// <param name="ResponseLimitBytes">Largest answer that is read, in bytes.</param>
/// <param name="TimeZone">The time zone in which a day begins and ends.</param>
/// <param name="OutputFolder">The folder that reports are written to.</param>
public sealed record ObservabilitySettings(
    BackendSettings Backend,
    IReadOnlyDictionary<string, BackendSettings> Backends,
    bool IsEnabled,
    TimeSpan Step,
    Ratio CoverageMinimum,
    TimeSpan SettleDelay,
    TimeSpan BridgeLimit,
    TimeSpan Timeout,
    TimeSpan ConnectTimeout,
    int Retries,
    int Concurrency,
    int PointsLimit,
    int SeriesLimit,
    long ResponseLimitBytes,
    TimeZoneInfo TimeZone,
    string OutputFolder);

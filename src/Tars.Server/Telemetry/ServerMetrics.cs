using System.Text;
using Tars.Server.Limits;

namespace Tars.Server.Telemetry;

/// <summary>All metrics of the server, as one text.</summary>
/// <param name="settings">Their names' first part.</param>
/// <param name="requests">What is measured of requests.</param>
/// <param name="sealing">What is measured of sealing.</param>
/// <param name="store">What the store holds.</param>
/// <param name="limiter">What counts requests.</param>
/// <param name="version">The program's version.</param>
internal sealed class ServerMetrics(TelemetrySettings settings, RequestMeasurements requests, SealingMeasurements sealing, StoreMeasurements store, RateLimiter limiter, string version)
{
    /// <summary>The media type of the text.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private string Prefix => settings.Prefix;

    /// <summary>Violations of controls. Nothing in this process judges controls yet: the family has no values, which is not the same as zero.</summary>
    public CounterFamily<(string Standard, string Control)> Violations { get; } = new(
        $"{settings.Prefix}_compliance_violations_total", "Violations of controls that this process has found, by standard and control.", key => MetricFamily.Labels(("standard", key.Standard), ("control", key.Control)));

    /// <summary>The text, read now.</summary>
    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        foreach (MetricFamily family in (IEnumerable<MetricFamily>)
                 [requests.Requests, requests.Latency, requests.Connections, .. Limits(), sealing.Operations, Violations, .. await store.LookAsync(Prefix, cancellationToken).ConfigureAwait(false), Build()])
        {
            family.Write(text);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private IEnumerable<MetricFamily> Limits()
    {
        yield return LookedUpFamily.Gauge($"{Prefix}_rate_limit_keys", "Credentials and addresses whose requests this process counts.", () => [(string.Empty, limiter.Keys)]);
        yield return LookedUpFamily.Counter($"{Prefix}_rate_limit_forgotten_total", "Credentials and addresses that were forgotten at their limit, for want of memory.", () => [(string.Empty, limiter.Forgotten)]);
        if (limiter.Shared is { } shared)
        {
            yield return LookedUpFamily.Gauge($"{Prefix}_rate_limit_shared", "Whether requests are counted in Redis with the other replicas; 0 while this process counts by itself.", () => [(string.Empty, shared.Mode == LimiterMode.Local ? 0 : 1)]);
        }
    }

    private LookedUpFamily Build() => LookedUpFamily.Gauge($"{Prefix}_build_info", "Always 1; the label says which version runs.", () => [(MetricFamily.Labels(("version", version)), 1)]);
}

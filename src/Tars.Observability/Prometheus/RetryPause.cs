using System.Net.Http.Headers;

namespace Tars.Observability.Prometheus;

/// <summary>How long to wait before a request is sent again.</summary>
internal static class RetryPause
{
    /// <summary>
    /// The pause before retry <paramref name="retry"/> (zero-based): uniform between zero and a bound that doubles each time ("full
    /// jitter"), and never less than what the backend asked for (RFC 9110, section 10.2.3, seconds or date).
    /// </summary>
    /// <returns>The pause, or null when the backend asks for a longer one than <see cref="PrometheusOptions.MaxRetryDelay"/>.</returns>
    public static TimeSpan? Of(int retry, PrometheusOptions options, RetryConditionHeaderValue? retryAfter, TimeProvider time)
    {
        TimeSpan asked = retryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        if (asked > options.MaxRetryDelay)
        {
            return null;
        }

        double bound = Math.Min(options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(retry, 30)), options.MaxRetryDelay.TotalMilliseconds);
        TimeSpan jittered = TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * bound);
        return asked > jittered ? asked : jittered;
    }
}

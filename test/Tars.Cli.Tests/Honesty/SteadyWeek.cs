using Tars.TestKit.Servers;

namespace Tars.Cli.Tests.Honesty;

/// <summary>
/// Eight days of two services in two regions, a sample every five minutes, with a daily rhythm, and two and a half hours of errors in the
/// last day. It begins an hour before the first day, so that the first step has a predecessor.
/// </summary>
internal static class SteadyWeek
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private const int StepsOfDay = 288;

    public const string Configuration = """
        observability: { step: 5m }
        regions: { label: region, primary: eu, names: [eu, us] }
        services:
          - { name: web, labels: { job: web }, preset: prometheus-http, indicators: { queue: { gauge: queue_depth, unit: items } } }
          - { name: api, labels: { job: api }, preset: prometheus-http, depends_on: [web] }
        objectives:
          - { service: web, indicator: availability, target: 99%, window: 7d }
          - { service: api, indicator: latency, threshold: 1s, target: 99%, window: 7d }
        """;

    /// <summary>The samples, as OpenMetrics text.</summary>
    public static string Samples()
    {
        OpenMetricsText text = new();
        foreach ((string job, string region, double share) in new[] { ("web", "eu", 1.0), ("web", "us", 0.5), ("api", "eu", 0.8), ("api", "us", 0.4) })
        {
            Dictionary<string, double> totals = [];
            for (int step = -13; step <= 8 * StepsOfDay; step++)
            {
                DateTimeOffset time = Start.AddMinutes(5 * step);
                double requests = Math.Round(300 * share * (1 + (0.5 * Math.Sin(2 * Math.PI * step / StepsOfDay))));
                bool hurt = job == "api" && step is >= (7 * StepsOfDay) + 100 and < (7 * StepsOfDay) + 130;
                double errors = Math.Round(requests * 0.002) + (hurt ? 20 : 0);
                string labels = $"job=\"{job}\",region=\"{region}\"";
                Gain(text, totals, $"http_requests_total{{{labels},code=\"200\"}}", time, requests - errors);
                Gain(text, totals, $"http_requests_total{{{labels},code=\"500\"}}", time, errors);
                foreach ((string bound, double below) in new[] { ("0.1", 0.5), ("0.5", 0.95), ("1", 0.995), ("+Inf", 1.0) })
                {
                    Gain(text, totals, $"http_request_duration_seconds_bucket{{{labels},le=\"{bound}\"}}", time, Math.Round(requests * below));
                }

                text.Add($"queue_depth{{{labels}}}", time, 5 + (Math.Abs(step) % 7));
            }
        }

        return text.ToString();
    }

    private static void Gain(OpenMetricsText text, Dictionary<string, double> totals, string series, DateTimeOffset time, double gain)
    {
        totals[series] = totals.GetValueOrDefault(series) + gain;
        text.Add(series, time, totals[series]);
    }
}

using System.Globalization;
using System.Text;
using Tars.TestKit.Servers;

namespace Tars.Cli.Tests.Honesty;

/// <summary>
/// Six hours of one-minute scrapes of services that are each flawed in one way. A service that is measured gains 100 requests a minute
/// on each instance, one of them failed. The window of the tests is minutes 60 to 300: 240 steps, of which step i is read at minute i + 1.
/// </summary>
internal static class FlawedServices
{
    public const string From = "2026-01-12T01:00:00Z";

    public const string To = "2026-01-12T05:00:00Z";

    public static readonly DateTimeOffset Start = new(2026, 1, 12, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names = ["whole", "half", "gap", "born", "grown", "renamed", "idle", "nan", "missing"];

    /// <summary>Every service with the same three indicators and one objective.</summary>
    public static string Configuration
    {
        get
        {
            StringBuilder text = new("observability: { step: 1m }\nservices:\n");
            foreach (string name in Names)
            {
                text.Append(CultureInfo.InvariantCulture, $"  - {{ name: {name}, labels: {{ job: {name} }}, preset: prometheus-http, indicators: {{ queue: {{ gauge: queue_depth, unit: items }} }} }}\n");
            }

            text.Append("objectives:\n");
            foreach (string name in Names)
            {
                text.Append(CultureInfo.InvariantCulture, $"  - {{ service: {name}, indicator: availability, target: 90%, window: 7d }}\n");
            }

            return text.ToString();
        }
    }

    /// <summary>The samples, as OpenMetrics text.</summary>
    public static string Samples()
    {
        int[] all = [.. Enumerable.Range(0, 361)];
        OpenMetricsText text = new();
        Requests(text, "whole", "code", "a", all);
        Buckets(text, "whole", all);
        Add(text, "queue_depth{job=\"whole\",instance=\"a\"}", all, _ => 7);
        Requests(text, "half", "code", "a", [.. all.Where(minute => minute < 180)]);
        Requests(text, "gap", "code", "a", [.. all.Where(minute => minute is < 200 or >= 204)]);
        Requests(text, "born", "code", "a", [.. all.Where(minute => minute >= 180)]);
        Requests(text, "grown", "code", "a", all);
        Requests(text, "grown", "code", "b", [.. all.Where(minute => minute >= 180)]);
        Requests(text, "renamed", "status", "a", all);
        Add(text, "http_requests_total{job=\"idle\",instance=\"a\",code=\"200\"}", all, _ => 1000);

        StringBuilder nan = new();
        foreach (int minute in all)
        {
            nan.Append(CultureInfo.InvariantCulture, $"http_requests_total{{job=\"nan\",instance=\"a\",code=\"200\"}} NaN {Start.AddMinutes(minute).ToUnixTimeSeconds()}\n");
            nan.Append(CultureInfo.InvariantCulture, $"queue_depth{{job=\"nan\",instance=\"a\"}} NaN {Start.AddMinutes(minute).ToUnixTimeSeconds()}\n");
        }

        return nan + text.ToString();
    }

    private static void Requests(OpenMetricsText text, string job, string label, string instance, int[] minutes)
    {
        Add(text, $"http_requests_total{{job=\"{job}\",instance=\"{instance}\",{label}=\"200\"}}", minutes, minute => 99 * (minute - minutes[0]));
        Add(text, $"http_requests_total{{job=\"{job}\",instance=\"{instance}\",{label}=\"500\"}}", minutes, minute => minute - minutes[0]);
    }

    private static void Buckets(OpenMetricsText text, string job, int[] minutes)
    {
        foreach ((string bound, int rate) in new[] { ("0.1", 50), ("0.5", 90), ("1", 100), ("+Inf", 100) })
        {
            Add(text, $"http_request_duration_seconds_bucket{{job=\"{job}\",instance=\"a\",le=\"{bound}\"}}", minutes, minute => rate * minute);
        }
    }

    private static void Add(OpenMetricsText text, string series, int[] minutes, Func<int, double> value)
    {
        foreach (int minute in minutes)
        {
            text.Add(series, Start.AddMinutes(minute), value(minute));
        }
    }
}

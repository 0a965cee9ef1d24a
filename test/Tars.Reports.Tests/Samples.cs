using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Reports.Tests;

/// <summary>Small hand-made records with figures of all states, and names that want to break out of every format.</summary>
internal static class Samples
{
    /// <summary>A service name that is hostile to HTML, Markdown, CSV and SVG alike.</summary>
    public const string Hostile = "=pay|ments</td><script>alert(1)</script>`*\"'\n&";

    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    public static TimeWindow Week { get; } = new(Start, Start.AddDays(7));

    public static string[] Query { get; } = ["last_over_time(http_requests_total{job=\"shop\"}[1m])"];

    public static Figure Measured(double value, double coverage = 1) => new Figure.Measured(value, new Ratio(coverage));

    public static Figure NoData(string reason = "no series matches http_requests_total{job=\"pay\"}") => new Figure.NoData(reason);

    public static Figure Failed(string reason = "HTTP 422: query processing would load too many samples") => new Figure.QueryFailed(reason);

    public static LabelSet Labels(params (string Name, string Value)[] labels) => new(labels.Select(label => KeyValuePair.Create(label.Name, label.Value)));

    /// <summary>A scope with every standard figure: the numbers given, the rest without data.</summary>
    public static KpiScope Scope(string? service, string? region, params (string Name, Figure Figure)[] figures)
    {
        (string Name, string Unit, Better Better)[] all =
        [
            (KpiNames.Availability, "%", Better.Higher), (KpiNames.TotalRequests, "", Better.Neither), (KpiNames.TotalErrors, "", Better.Lower),
            (KpiNames.ErrorRate, "%", Better.Lower), (KpiNames.RequestRate, "1/s", Better.Neither), (KpiNames.P50Latency, "ms", Better.Lower),
            (KpiNames.P95Latency, "ms", Better.Lower), (KpiNames.P99Latency, "ms", Better.Lower), (KpiNames.MaxP99Latency, "ms", Better.Lower),
            (KpiNames.AverageCpu, "cores", Better.Lower), (KpiNames.PeakCpu, "cores", Better.Lower), (KpiNames.AverageMemory, "bytes", Better.Lower),
            (KpiNames.PeakMemory, "bytes", Better.Lower), (KpiNames.AverageSaturation, "%", Better.Lower), (KpiNames.PeakSaturation, "%", Better.Lower),
            (KpiNames.DowntimeMinutes, "min", Better.Lower), (KpiNames.UnmeasuredMinutes, "min", Better.Lower),
        ];
        return new KpiScope(
            service,
            region,
            [.. all.Select(figure => new KpiFigure(
                figure.Name, figure.Unit, figure.Better,
                figures.Where(given => given.Name == figure.Name).Select(given => given.Figure).FirstOrDefault() ?? NoData("no indicator of this name is configured"),
                figures.Any(given => given.Name == figure.Name) ? Query : []))],
            [],
            []);
    }

    /// <summary>A week with a failed objective, one that cannot be judged, an incident, an alert, a gap, maintenance and a price table.</summary>
    public static KpiSummary Kpis(TimeWindow? window = null)
    {
        TimeWindow span = window ?? Week;
        DateTimeOffset down = span.From.AddHours(14.5);
        KpiScope shop = Scope(
            "shop", null, (KpiNames.Availability, Measured(99.9499999999, 0.9861)), (KpiNames.TotalRequests, Measured(1234567)), (KpiNames.TotalErrors, Measured(618)),
            (KpiNames.ErrorRate, Measured(0.0500000001, 0.9861)), (KpiNames.RequestRate, Measured(2.0412814)), (KpiNames.P50Latency, Measured(41.25)),
            (KpiNames.P95Latency, Measured(212.4)), (KpiNames.P99Latency, Measured(512.75)), (KpiNames.MaxP99Latency, Measured(2431)),
            (KpiNames.AverageCpu, Measured(0.75)), (KpiNames.PeakCpu, Measured(3.2)), (KpiNames.AverageMemory, Measured(805306368)), (KpiNames.PeakMemory, Measured(1610612736)),
            (KpiNames.DowntimeMinutes, Measured(12)), (KpiNames.UnmeasuredMinutes, Measured(140)));
        KpiScope hostile = Scope(Hostile, null, (KpiNames.Availability, NoData()), (KpiNames.ErrorRate, NoData()), (KpiNames.P99Latency, Failed()));
        KpiScope withOthers = shop with
        {
            Others =
            [
                new KpiFigure("queue_depth", "", Better.Lower, Measured(0.1 + 0.2), Query, "sum of 2 series"),
                new KpiFigure("peak_queue_depth", "", Better.Lower, Measured(double.PositiveInfinity), Query),
            ],
        };
        KpiScope europe = Scope(null, "eu", (KpiNames.Availability, Measured(100)), (KpiNames.TotalRequests, Measured(1000000)), (KpiNames.TotalErrors, Measured(0)));
        KpiScope america = Scope(null, "us", (KpiNames.Availability, Measured(99.73)), (KpiNames.TotalRequests, Measured(234567)), (KpiNames.TotalErrors, Measured(618))) with
        {
            DeltaFromPrimary =
            [
                .. new[] { KpiNames.Availability, KpiNames.ErrorRate, KpiNames.RequestRate, KpiNames.P50Latency, KpiNames.P95Latency, KpiNames.P99Latency }.Select(name =>
                    new KpiFigure(name, name.EndsWith("_ms", StringComparison.Ordinal) ? "ms" : "%", Better.Neither, name == KpiNames.Availability ? Measured(-0.27) : NoData(), Query, "compared with eu")),
            ],
        };
        KpiScope database = new("postgres", null, [], [new KpiFigure("database_pool", "%", Better.Lower, Failed(), Query)], []);
        return new KpiSummary(
            span,
            TimeSpan.FromMinutes(1),
            "1",
            shop with { Service = null },
            [withOthers, hostile],
            [europe, america],
            [shop with { Region = "eu" }, shop with { Region = "us", DeltaFromPrimary = america.DeltaFromPrimary }],
            [database],
            [
                new AlertEpisode(
                    "ShopDown", "critical", Labels(("alertname", "ShopDown"), ("severity", "critical")), down.AddMinutes(5), down.AddMinutes(20), false, false, 2, false),
                new AlertEpisode("Watch<dog>", "", Labels(("alertname", "Watch<dog>")), span.From, span.To, true, true, 0, true),
            ],
            new ReadState.Answered(),
            [
                new Incident("shop", null, down, down.AddMinutes(14), false, 12, 1200, 618, 83.25),
                new Incident(Hostile, "us", span.To.AddMinutes(-6), span.To, true, 6, 60, 60, 100),
            ],
            [new DataGap(span.From.AddHours(30), span.From.AddHours(32), null), new DataGap(span.From.AddHours(40), span.From.AddHours(40.25), Hostile)],
            [
                new MaintenanceReport(
                    new TimeWindow(span.From.AddHours(50), span.From.AddHours(51)), ["shop"], "move <db> | disks", 60, [new MaintenanceTraffic("shop", Measured(310, 0.5), NoData())]),
            ],
            new CostSummary(
                "EUR", NoData($"memory of {Hostile} has no data"),
                [new CostLine("shop", "CPU", "core hours", Measured(126, 0.98), 0.045, Measured(5.67, 0.98)), new CostLine(Hostile, "memory", "GiB hours", NoData(), 0.005, NoData())],
                ["shop: requests (no price)"]),
            Certified(span),
            ["PromQL warning: metric might not be a counter"],
            true);
    }

    private static Certification Certified(TimeWindow window)
    {
        ObjectiveResult Result(string service, string what, Figure value, double threshold, bool atLeast, string unit, Verdict verdict) => new(
            $"{service}/availability", service, "availability", what, value, threshold, atLeast, unit, window, Query, null, verdict);
        return new Certification(
            new Verdict.Fail($"shop/availability: good requests 99.95 % is just below the target 99.95 % in {window}"),
            [
                Result("shop", "good requests", Measured(0.999499999999, 0.9861), 0.9995, true, "ratio", new Verdict.Fail($"shop/availability: good requests 99.95 % is just below the target 99.95 % in {window}")),
                Result("shop", "p99 latency", Measured(512.75), 750, false, "ms", new Verdict.Pass()),
                Result(Hostile, "good requests", NoData(), 0.999, true, "ratio", new Verdict.Inconclusive($"{Hostile}/availability: good requests: no data")),
            ],
            [new MissingIndicator(Hostile, "availability", "no data: no series matches")]);
    }
}

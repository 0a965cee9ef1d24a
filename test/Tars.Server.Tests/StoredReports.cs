using System.Globalization;
using Tars.Storage;
using Tars.Storage.Findings;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Xunit;

namespace Tars.Server.Tests;

/// <summary>Reports put into a store as runs put them, with numbers of the test.</summary>
internal static class StoredReports
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A day in January 2026.</summary>
    public static DateOnly Day(int day) => new(2026, 1, day);

    /// <summary>Midnight of that day, UTC.</summary>
    public static DateTimeOffset At(int day, double hours = 0) => new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero).AddHours(hours);

    /// <summary>Keeps a report.</summary>
    public static async Task<StoredReport> KeepAsync(this Store store, NewReport report)
    {
        Guid run = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(run, report.Kind) { Window = report.Window }, Cancellation);
        StoredReport kept = Assert.Single(await store.Reports.StoreAsync(run, [report], Cancellation));
        await store.Runs.CompleteAsync(run, null, [], Cancellation);
        return kept;
    }

    /// <summary>A daily report; null for what was not measured.</summary>
    public static NewReport DayReport(int day, double? availability = 99.5, string? service = null, params IReadOnlyList<NewFinding> findings) =>
        new("daily", "daily", new StoredWindow(At(day), At(day + 1)), Day(day))
        {
            Service = service,
            Judgement = availability is null ? Judgement.Inconclusive("nothing was measured") : availability >= 99 ? Judgement.Pass : Judgement.Fail("below 99 %"),
            Figures =
            [
                new StoredFigure("score", string.Empty, Of(availability is null ? null : 90)) { Labels = """{"status":"healthy"}""" },
                new StoredFigure("availability", "%", Of(availability)),
                new StoredFigure("total_requests", string.Empty, Of(availability is null ? null : 1000)),
                new StoredFigure("total_errors", string.Empty, Of(availability is { } percent ? 1000 - (percent * 10) : null)),
                new StoredFigure("p99_latency_ms", "ms", new Measurement.QueryFailed("the backend said 503")),
                new StoredFigure("availability", "%", Of(99.9)) { Service = "checkout" },
            ],
            Findings = findings,
        };

    /// <summary>A report without figures.</summary>
    public static NewReport Report(string kind, int from, int to, params IReadOnlyList<NewFinding> findings) =>
        new(kind, kind, new StoredWindow(At(from), At(to)), Day(to - 1)) { Findings = findings };

    /// <summary>An anomaly.</summary>
    public static NewFinding Anomaly(int day, double hour = 1, double? hours = 1, string service = "checkout", string metric = "error_rate", FindingSeverity severity = FindingSeverity.High) =>
        new("anomaly", service, metric, severity, Day(day), At(day, hour), string.Create(CultureInfo.InvariantCulture, $"{service} {metric} on day {day}"))
        {
            Ended = hours is { } length ? At(day, hour + length) : null,
            Score = 0.9,
            Details = """{"shape":"spike","unit":"%","peak":{"time":"2026-01-05T01:30:00Z","value":7.5,"expected":1,"expected_low":0.5,"expected_high":1.5}}""",
        };

    private static Measurement Of(double? value) => value is { } number ? new Measurement.Measured(number, 0.95) : new Measurement.NoData("the backend had nothing");
}

using System.Net;
using Tars.Server.Tests;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>Documents of a real server, typed.</summary>
public sealed class ReadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetDay_Figures_AreMeasuredOrSayWhyNot()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        await served.Server.Store.KeepAsync(StoredReports.DayReport(5));
        using TarsClient tars = served.Client();
        DailyDetails day = await tars.GetDayAsync(StoredReports.Day(5), Token);
        Assert.Equal(new Measurement.Measured(99.5, 0.95), day.Availability with { } is Measurement.Measured measured ? new Measurement.Measured(measured.Value, measured.Coverage) : null);
        Assert.Equal("%", day.Availability.Unit);
        Assert.Equal("the backend said 503", Assert.IsType<Measurement.QueryFailed>(day.P99Latency).Reason);
        Assert.Equal("the report has no such figure", Assert.IsType<Measurement.NoData>(day.P50Latency).Reason);
        Assert.Equal((1000, 995, "pass", "healthy"), (day.TotalRequests.ValueOrNull, day.SuccessfulRequests.ValueOrNull, day.Verdict, day.Status));
        ServiceFigures service = Assert.Single(day.Services);
        Assert.Equal(("checkout", 99.9), (service.Service, service.Availability.ValueOrNull));
        Assert.NotNull(day.RequestId);
    }

    [Fact]
    public async Task GetGeneralAvailability_NothingKept_IsNoZero()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        using TarsClient tars = served.Client();
        GeneralAvailability period = await tars.GetGeneralAvailabilityAsync(cancellationToken: Token);
        foreach (Measurement figure in new[] { period.OverallAvailability, period.ErrorRate, period.TotalRequests, period.P99Latency, period.AverageCpu, period.UptimeHours, period.DowntimeMinutes })
        {
            Assert.NotEmpty(Assert.IsType<Measurement.NoData>(figure).Reason);
            Assert.Null(figure.ValueOrNull);
        }

        Assert.Equal((null, null, null), (period.ReportId, period.GaReady, period.Incidents));
        Retrospective retrospective = await tars.GetRetrospectiveAsync(Token);
        Assert.Null(retrospective.ReportId);
        Assert.IsType<Measurement.NoData>(retrospective.Availability);
        Assert.NotNull((await tars.GetAnomalyPageAsync(cancellationToken: Token)).NotExamined);
    }

    [Fact]
    public async Task GetDaily_Pages_AreReadOneAfterAnother()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        for (int day = 1; day <= 5; day++)
        {
            await served.Server.Store.KeepAsync(StoredReports.DayReport(day, day == 3 ? null : 99.5));
        }

        using TarsClient tars = served.Client();
        List<DailySummary> days = [];
        await foreach (DailySummary day in tars.GetDailyAsync(new DailyQuery { PageSize = 2, OldestFirst = true }, Token))
        {
            days.Add(day);
        }

        Assert.Equal([1, 2, 3, 4, 5], days.Select(day => day.Date.Day));
        Assert.Equal("the backend had nothing", Assert.IsType<Measurement.NoData>(days[2].Availability).Reason);
        Assert.Equal(3, served.Proxy.Count("/api/daily"));
        List<DateOnly> some = [];
        await foreach (DailySummary day in tars.GetDailyAsync(new DailyQuery { From = StoredReports.Day(2), To = StoredReports.Day(4), Verdict = "pass" }, Token))
        {
            some.Add(day.Date);
        }

        Assert.Equal([StoredReports.Day(4), StoredReports.Day(2)], some);
    }

    [Fact]
    public async Task GetAnomalies_Filters_AreTheServers()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        await served.Server.Store.KeepAsync(StoredReports.Report("anomalies", 5, 6, StoredReports.Anomaly(5), StoredReports.Anomaly(5, 3, null, "cart", "p99_latency_ms", Storage.Findings.FindingSeverity.Critical)));
        using TarsClient tars = served.Client();
        AnomalyPage page = await tars.GetAnomalyPageAsync(cancellationToken: Token);
        Assert.Equal((2L, 1L, null), (page.TotalAnomalies, page.TotalCritical, page.NotExamined));
        Anomaly critical = Assert.Single((await tars.GetAnomalyPageAsync(new FindingQuery { Date = StoredReports.Day(5), Severities = ["critical"], IsDealtWith = false }, cancellationToken: Token)).Items);
        Assert.Equal(("cart", "p99_latency_ms", true, 7.5, 1.0), (critical.Service, critical.Metric, critical.Ongoing, critical.Value.ValueOrNull, critical.Expected.ValueOrNull));
        Assert.Equal([0.5, 1.5], critical.ExpectedRange!);
        Assert.Empty((await tars.GetRegressionPageAsync(new FindingQuery { Services = ["cart", "a b"] }, cancellationToken: Token)).Items);
    }

    [Fact]
    public async Task HealthMeMetricsAndJson_AreAnswered()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        using TarsClient tars = served.Client();
        ServerHealth health = await tars.GetHealthAsync(Token);
        Assert.Equal((true, "0.0.0-test"), (health.IsHealthy, health.Version));
        Assert.NotEmpty(health.Services!);
        CallerIdentity me = await tars.GetMeAsync(Token);
        Assert.Equal(("ann", "admin", "api_key"), (me.Login, me.Role, me.Credential));
        Assert.Contains("# TYPE ", await tars.GetMetricsAsync(Token), StringComparison.Ordinal);
        Assert.StartsWith("{\"", await tars.GetJsonAsync("/api/ga", Token), StringComparison.Ordinal);
        using TarsClient nobody = served.Client(new TarsCredential.None());
        Assert.Null((await nobody.GetHealthAsync(Token)).Services);
    }

    [Fact]
    public async Task Refusals_AreProblemsWithCodeStatusAndRequestId()
    {
        await using ServedClient served = await ServedClient.StartAsync("readonly");
        using TarsClient tars = served.Client();
        TarsProblemException missing = await Assert.ThrowsAsync<TarsProblemException>(() => tars.GetDayAsync(StoredReports.Day(9), Token));
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), (missing.Status, missing.Code));
        Assert.False(string.IsNullOrEmpty(missing.RequestId));
        TarsProblemException invalid = await Assert.ThrowsAsync<TarsProblemException>(() => tars.GetDailyPageAsync(new DailyQuery { PageSize = 100000 }, cancellationToken: Token));
        Assert.Equal("VALIDATION_ERROR", invalid.Code);
        Assert.StartsWith("is no whole number from 1 to", Assert.Single(invalid.Errors["limit"]), StringComparison.Ordinal);
        Assert.Equal("FORBIDDEN", (await Assert.ThrowsAsync<TarsProblemException>(() => tars.DownloadAsync(new ReportFile { Filename = "x.md", ReportId = 1 }, Stream.Null, Token))).Code);
        using TarsClient wrong = served.Client(new TarsCredential.ApiKey("tars_wrong"));
        Assert.Equal("UNAUTHORIZED", (await Assert.ThrowsAsync<TarsProblemException>(() => wrong.GetMeAsync(Token))).Code);
        Assert.Equal(2, served.Proxy.Count("/auth/me") + 1); // a refusal is not asked for again
    }
}

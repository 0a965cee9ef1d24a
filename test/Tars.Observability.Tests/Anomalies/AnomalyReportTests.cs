using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.TestKit;

namespace Tars.Observability.Tests.Anomalies;

public sealed class AnomalyReportTests
{
    [Fact]
    public void Of_RhythmAndNoiseAlone_ReportsNothing()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        Assert.Empty(fleet.Gauge("shop", "load", fleet.Rhythm(40)).Events());
    }

    [Fact]
    public void Of_TwentyMinutesAtDoubleTheLevel_IsOneSpikeWithItsBoundsAndPeak()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(40);
        int from = MadeFleet.Minute(9, 3);
        for (int i = from; i < from + 20; i++)
        {
            values[i] *= 2;
        }

        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", "load", values).Events());
        Assert.Equal(AnomalyKind.Spike, e.Kind);
        Assert.InRange((e.Start - fleet.Grid.TimeOf(from)).TotalMinutes, -3, 3);
        Assert.InRange((e.End - fleet.Grid.TimeOf(from + 20)).TotalMinutes, -3, 3);
        Assert.False(e.IsOngoing);
        Assert.True(e.IsHarmful);
        Assert.NotNull(e.Peak);
        // At three o'clock the rhythm stands at 1 + 0.33 sin(2π·3/24): the level it was written with.
        Assert.InRange(e.Peak.Expected, 0.9 * 40 * 1.233, 1.1 * 40 * 1.233);
        Assert.InRange(e.Peak.Value, e.Peak.ExpectedHigh, double.MaxValue);
        Assert.InRange(e.Confidence, 0.99, 1);
    }

    [Fact]
    public void Of_OneWildScrape_ReportsNothing()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(40);
        values[MadeFleet.Minute(6, 12)] *= 50;
        values[MadeFleet.Minute(8, 12)] = 0;
        Assert.Empty(fleet.Gauge("shop", "load", values).Events());
    }

    [Fact]
    public void Of_Improvement_IsNoEvent()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(40);
        values.AsSpan(MadeFleet.Minute(9, 3), 60).Fill(5);
        Assert.DoesNotContain(fleet.Gauge("shop", "load", values).Events(), e => e.Kind is AnomalyKind.Drop or AnomalyKind.LevelShift);
    }

    [Fact]
    public void Of_LevelRaisedForGood_IsALevelShiftWhereItBegan()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(40);
        int from = MadeFleet.Minute(8, 10, 30);
        for (int i = from; i < values.Length; i++)
        {
            values[i] *= 1.5;
        }

        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", "load", values).Events());
        Assert.Equal(AnomalyKind.LevelShift, e.Kind);
        Assert.InRange((e.Start - fleet.Grid.TimeOf(from)).TotalMinutes, -30, 30);
        Assert.True(e.IsOngoing);
    }

    [Fact]
    public void Of_MemoryGrowingForTwoDaysUntilARestart_IsDriftReleasedThere()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(1e9);
        int from = MadeFleet.Minute(7, 6);
        int length = 2 * 1440;
        for (int i = 0; i < length; i++)
        {
            values[from + i] *= 1 + (0.5 * i / length);
        }

        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", IndicatorNames.Memory, values).Events());
        Assert.Equal(AnomalyKind.Drift, e.Kind);
        Assert.InRange((e.End - fleet.Grid.TimeOf(from + length)).TotalHours, -1, 1);
        Assert.False(e.IsOngoing);
    }

    [Fact]
    public void Of_OneValueRepeatedForHours_IsAFlatline()
    {
        MadeFleet fleet = new(Seeds.Draw(), 7);
        double[] values = fleet.Rhythm(40);
        int from = MadeFleet.Minute(4, 9);
        values.AsSpan(from, 120).Fill(values[from]);
        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", "load", values).Events());
        Assert.Equal(AnomalyKind.Flatline, e.Kind);
        Assert.Equal(fleet.Grid.TimeOf(from), e.Start);
        Assert.Equal(fleet.Grid.TimeOf(from + 120), e.End);
    }

    [Fact]
    public void Of_ConstantGauge_ReportsNothing()
    {
        MadeFleet fleet = new(Seeds.Draw(), 7);
        double[] values = new double[fleet.Grid.Count];
        Array.Fill(values, 160.0);
        Assert.Empty(fleet.Gauge("shop", "limit", values).Events());
    }

    [Fact]
    public void Of_GapInOneServiceOfTwo_IsMissingDataOfThatServiceAndNeverADrop()
    {
        MadeFleet fleet = new(Seeds.Draw(), 7);
        double[] values = fleet.Rhythm(40);
        int from = MadeFleet.Minute(3, 12);
        values.AsSpan(from, 30).Fill(double.NaN);
        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", "load", values, Better.Higher).Gauge("bank", "load", fleet.Rhythm(10)).Events());
        Assert.Equal((AnomalyKind.MissingData, "shop", fleet.Grid.TimeOf(from)), (e.Kind, e.Service, e.Start));
        Assert.Null(e.Peak);
    }

    [Fact]
    public void Of_GapInEverything_IsOneEventOfTheBackend()
    {
        MadeFleet fleet = new(Seeds.Draw(), 7);
        int from = MadeFleet.Minute(3, 12);
        foreach (string service in (string[])["shop", "bank", "mail"])
        {
            double[] values = fleet.Rhythm(40);
            values.AsSpan(from, 30).Fill(double.NaN);
            fleet.Gauge(service, "load", values);
        }

        AnomalyEvent e = Assert.Single(fleet.Events());
        Assert.Equal((AnomalyKind.MissingData, AnomalyEvent.BackendService, AnomalySeverity.Critical), (e.Kind, e.Service, e.Severity));
    }

    [Fact]
    public void Of_ErrorsOfFewRequests_NeedMoreThanAFewFailures()
    {
        MadeFleet fleet = new(Seeds.Draw(), 7);
        double[] requests = [.. Enumerable.Repeat(2.0, fleet.Grid.Count)];
        double[] bad = new double[fleet.Grid.Count];
        int from = MadeFleet.Minute(3, 12);
        (bad[from], bad[from + 3]) = (1, 1); // two of sixteen requests: 12.5 %, but two failures are no evidence
        Assert.Empty(fleet.Requests("quiet", requests, bad).Events());
    }

    [Fact]
    public void Of_ErrorBurst_IsASpikeOfTheErrorRate()
    {
        MadeFleet fleet = new(Seeds.Draw(), 7);
        double[] requests = [.. Enumerable.Range(0, fleet.Grid.Count).Select(_ => (double)fleet.Poisson(300))];
        int from = MadeFleet.Minute(3, 12);
        double[] bad = [.. requests.Select((n, i) => (double)fleet.Poisson(n * (i >= from && i < from + 30 ? 0.03 : 0.001)))];
        AnomalyEvent e = Assert.Single(fleet.Requests("shop", requests, bad).Events());
        Assert.Equal((AnomalyKind.Spike, MetricNames.ErrorRate), (e.Kind, e.Metric));
        Assert.InRange((e.Start - fleet.Grid.TimeOf(from)).TotalMinutes, -3, 3);
    }

    [Fact]
    public void Of_TrafficCollapse_IsADropAndTrafficDoublingIsNothing()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] requests = fleet.Rhythm(600);
        double[] load = [.. requests.Select(n => 0.1 * n * Math.Exp(0.03 * fleet.Normal()))];
        int doubling = MadeFleet.Minute(5, 3);
        int collapse = MadeFleet.Minute(9, 3);
        for (int i = 0; i < 90; i++)
        {
            (requests[doubling + i], load[doubling + i]) = (2 * requests[doubling + i], 2 * load[doubling + i]);
            requests[collapse + i] *= 0.1;
        }

        AnomalyEvent e = Assert.Single(fleet.Requests("shop", requests, new double[requests.Length]).Gauge("shop", "load", load).Events());
        Assert.Equal((AnomalyKind.Drop, MetricNames.RequestRate), (e.Kind, e.Metric));
        Assert.InRange((e.Start - fleet.Grid.TimeOf(collapse)).TotalMinutes, -5, 5);
    }

    [Fact]
    public void Of_EventInMaintenance_IsMarkedAndLow()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(40);
        int from = MadeFleet.Minute(9, 3);
        for (int i = from; i < from + 60; i++)
        {
            values[i] *= 6;
        }

        TimeWindow announced = new(fleet.Grid.TimeOf(from - 10), fleet.Grid.TimeOf(from + 70));
        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", "load", values).Events(settings: MadeFleet.Settings(new MaintenanceWindow(announced, ["shop"], "upgrade"))));
        Assert.True(e.InMaintenance);
        Assert.Equal(AnomalySeverity.Low, e.Severity);
    }

    [Fact]
    public void Of_WindowThatIsTheTail_TellsOnlyItsEvents()
    {
        MadeFleet fleet = new(Seeds.Draw(), 14);
        double[] values = fleet.Rhythm(40);
        foreach (int from in (int[])[MadeFleet.Minute(4, 3), MadeFleet.Minute(12, 15)])
        {
            for (int i = from; i < from + 30; i++)
            {
                values[i] *= 3;
            }
        }

        fleet.Gauge("shop", "load", values);
        Assert.Equal(2, fleet.Events().Count);
        TimeWindow tail = new(fleet.Grid.TimeOf(MadeFleet.Minute(10, 0)), fleet.Grid.End);
        AnomalyReport report = AnomalyReport.Of(fleet.Set, MadeFleet.Settings(), AnomalyOptions.Default, tail);
        Assert.Equal(fleet.Grid.TimeOf(MadeFleet.Minute(12, 15)).Date, Assert.Single(report.Events).Start.Date);
        Assert.Equal(fleet.Grid.Start, report.HistoryFrom);
        Assert.Equal(BaselineKind.WeekdayAndWeekend, Assert.Single(report.Courses).Baseline);
    }

    [Fact]
    public void Of_TwoDaysOfHistory_SaysThatThereIsNoSeason()
    {
        MadeFleet fleet = new(Seeds.Draw(), 2);
        AnomalyReport report = AnomalyReport.Of(
            fleet.Gauge("shop", "load", fleet.Rhythm(40)).Set, MadeFleet.Settings(), AnomalyOptions.Default, fleet.Grid.Window);
        Assert.Equal(BaselineKind.LocalLevel, Assert.Single(report.Courses).Baseline);
    }

    [Theory]
    [InlineData(AnomalyMethod.Ewma)]
    [InlineData(AnomalyMethod.ZScore)]
    public void Of_NamedMethod_FindsAPlateauAndDependsOnEarlierStepsAlone(AnomalyMethod method)
    {
        MadeFleet fleet = new(Seeds.Draw(), 3);
        double[] values = [.. Enumerable.Range(0, fleet.Grid.Count).Select(_ => 100 + fleet.Normal())];
        int from = MadeFleet.Minute(1, 3);
        values.AsSpan(from, 10).Fill(200);
        AnomalyOptions options = AnomalyOptions.Default with { Method = method };
        AnomalyEvent e = Assert.Single(fleet.Gauge("shop", "load", values).Events(options));
        Assert.Equal((AnomalyKind.Spike, fleet.Grid.TimeOf(from)), (e.Kind, e.Start));
        // Windows contain the tested point no more: ten equal values of a hundred deviations are all found, where |z| ≤ √(n-1) hid them before.
        Assert.Equal(fleet.Grid.TimeOf(from + 10), e.End);
    }

    [Fact]
    public void Of_WindowOutsideTheSet_IsRefused()
    {
        MadeFleet fleet = new(1, 1);
        TimeWindow outside = new(fleet.Grid.Start.AddDays(-1), fleet.Grid.End);
        Assert.Throws<ArgumentException>(() => AnomalyReport.Of(fleet.Set, MadeFleet.Settings(), AnomalyOptions.Default, outside));
    }
}

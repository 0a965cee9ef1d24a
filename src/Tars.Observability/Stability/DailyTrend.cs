using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;
using Tars.Statistics.Comparisons;
using Tars.Statistics.Trends;

namespace Tars.Observability.Stability;

/// <summary>Whether a figure rises or falls from day to day. Daily values, so that the hour of day cannot look like a trend.</summary>
/// <param name="Service">The service, or null for all together.</param>
/// <param name="Metric">The figure's name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="SlopePerDay">Theil–Sen slope, units per day; no data below <see cref="MinimumDays"/> measured whole days.</param>
/// <param name="SlopeLow">Lower end of its 95 % interval, or null when there are too few days for one.</param>
/// <param name="SlopeHigh">Upper end.</param>
/// <param name="PValue">
/// Two-sided p-value of the Mann–Kendall test, adjusted over all trends of the report (Benjamini–Hochberg): of the trends reported, at
/// most one in twenty is expected to be chance. Null when not judged.
/// </param>
/// <param name="ChangePercent">Slope × (days − 1) as a share of the median day, percent; null when that is zero or nothing was judged.</param>
/// <param name="Direction">The judgement at p ≤ <see cref="Significance"/> and a change of at least <see cref="MinimumChangePercent"/>.</param>
/// <param name="Days">Measured whole days it rests on.</param>
public sealed record DailyTrend(
    string? Service,
    string Metric,
    string Unit,
    Figure SlopePerDay,
    double? SlopeLow,
    double? SlopeHigh,
    double? PValue,
    double? ChangePercent,
    TrendDirection Direction,
    int Days)
{
    /// <summary>Fewer days cannot be significant at 5 %: the smallest two-sided p-value of four days is 2/24.</summary>
    public const int MinimumDays = 5;

    /// <summary>The level of significance: 5 %.</summary>
    public const double Significance = 0.05;

    /// <summary>Smaller changes over the window are called stable: 5 %.</summary>
    public const double MinimumChangePercent = 5;

    private static readonly string[] Judged =
    [
        KpiNames.ErrorRate, KpiNames.RequestRate, KpiNames.P50Latency, KpiNames.P95Latency, KpiNames.P99Latency,
        KpiNames.AverageCpu, KpiNames.AverageMemory, KpiNames.AverageSaturation,
    ];

    /// <summary>Trends of the overall figures, of each service and of infrastructure, where at least one day was measured.</summary>
    /// <param name="days">Days in order; parts of days and days below the coverage minimum do not enter.</param>
    /// <param name="coverageMinimum">The coverage a daily value needs.</param>
    internal static IReadOnlyList<DailyTrend> Of(IReadOnlyList<DaySummary> days, Ratio coverageMinimum)
    {
        if (days.Count == 0)
        {
            return [];
        }

        KpiScope[][] scopes = [.. days.Select(day => Scopes(day.Kpis))];
        List<DailyTrend> trends = [];
        for (int s = 0; s < scopes[0].Length; s++)
        {
            KpiScope first = scopes[0][s];
            foreach (KpiFigure figure in first.Figures.Where(figure => Judged.Contains(figure.Name)).Concat(first.Others))
            {
                double[] values = [.. days.Select((day, d) => day.IsWhole
                    && scopes[d][s].Find(figure.Name)?.Figure is Figure.Measured measured && measured.Coverage >= coverageMinimum
                    ? measured.Number : double.NaN)];
                if (values.Any(value => !double.IsNaN(value)))
                {
                    trends.Add(Of(first.Service, figure, values));
                }
            }
        }

        return Adjust(trends);
    }

    /// <summary>Adjusts the p-values for having looked at many figures, and calls stable what is not significant any more.</summary>
    internal static IReadOnlyList<DailyTrend> Adjust(IReadOnlyList<DailyTrend> trends)
    {
        double[] adjusted = FalseDiscoveryRate.BenjaminiHochberg([.. trends.Select(trend => trend.PValue ?? double.NaN)]);
        return
        [
            .. trends.Select((trend, i) => trend.PValue is null ? trend : trend with
            {
                PValue = adjusted[i],
                Direction = adjusted[i] <= Significance ? trend.Direction : TrendDirection.Stable,
            }),
        ];
    }

    /// <summary>The trend of daily values, its p-value not yet adjusted.</summary>
    /// <param name="service">The service, or null.</param>
    /// <param name="figure">The figure: name, unit and which direction is better.</param>
    /// <param name="values">One value per day in order; NaN where the day was not measured.</param>
    internal static DailyTrend Of(string? service, KpiFigure figure, ReadOnlySpan<double> values)
    {
        TheilSenTrend line = TheilSenTrend.Of(values);
        if (line.Count < MinimumDays)
        {
            return new DailyTrend(
                service, figure.Name, figure.Unit, new Figure.NoData($"{line.Count} measured whole days; {MinimumDays} are needed"),
                null, null, null, null, TrendDirection.NotJudged, line.Count);
        }

        double p = MannKendallTest.Of(values).PValue;
        double level = Math.Abs(Statistics.Quantiles.Median.Of(values));
        double? change = level > 0 ? 100 * line.Slope * (values.Length - 1) / level : null;
        bool isTrend = p <= Significance && line.Slope != 0 && (change is null || Math.Abs(change.Value) >= MinimumChangePercent);
        return new DailyTrend(
            service, figure.Name, figure.Unit, new Figure.Measured(line.Slope, new Ratio((double)line.Count / values.Length)),
            Known(line.SlopeInterval.Lower), Known(line.SlopeInterval.Upper), p, change, isTrend ? DirectionOf(line.Slope, figure.Better) : TrendDirection.Stable, line.Count);
    }

    private static TrendDirection DirectionOf(double slope, Better better) => better switch
    {
        Better.Neither => slope > 0 ? TrendDirection.Rising : TrendDirection.Falling,
        Better.Higher => slope > 0 ? TrendDirection.Improving : TrendDirection.Worsening,
        _ => slope > 0 ? TrendDirection.Worsening : TrendDirection.Improving,
    };

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static KpiScope[] Scopes(KpiSummary summary) => [summary.Overall, .. summary.Services, .. summary.Infrastructure];
}

/// <summary>The judgement of a trend.</summary>
public enum TrendDirection
{
    /// <summary>Too few measured days.</summary>
    NotJudged,

    /// <summary>No significant change, or one too small to matter.</summary>
    Stable,

    /// <summary>Significantly towards the better.</summary>
    Improving,

    /// <summary>Significantly towards the worse.</summary>
    Worsening,

    /// <summary>Significantly rising, of a figure without a good direction.</summary>
    Rising,

    /// <summary>Significantly falling, of a figure without a good direction.</summary>
    Falling,
}

using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Stability;

/// <summary>A figure compared with the baseline.</summary>
/// <param name="Service">The service, or null for all together.</param>
/// <param name="Metric">The figure's name, see <see cref="KpiNames"/>.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Baseline">The baseline's value, or null when it has none: then the figure is not compared.</param>
/// <param name="Current">The value now.</param>
/// <param name="Change">
/// Current minus baseline, relative: percent of the baseline. For availability and error rate, percent of the error budget where the
/// service has an availability objective, else percent of the baseline's error rate. No data when not compared.
/// </param>
/// <param name="Effect">In which direction.</param>
/// <param name="Basis">What <paramref name="Change"/> is a percentage of: <c>baseline</c>, <c>error budget</c>, <c>baseline error rate</c>.</param>
public sealed record Drift(
    string? Service, string Metric, string Unit, double? Baseline, Figure Current, Figure Change, DriftEffect Effect, string Basis)
{
    /// <summary>Changes up to this many percent are no drift: 10.</summary>
    public const double NoticePercent = 10;

    /// <summary>The size of the change where it hurts, percent; zero otherwise.</summary>
    public double HurtPercent => Effect == DriftEffect.Worse ? Math.Abs(Change.Value ?? 0) : 0;

    private static readonly string[] Compared =
    [
        KpiNames.Availability, KpiNames.ErrorRate, KpiNames.RequestRate, KpiNames.P50Latency, KpiNames.P95Latency, KpiNames.P99Latency,
        KpiNames.AverageCpu, KpiNames.AverageMemory, KpiNames.AverageSaturation,
    ];

    /// <summary>Compares the overall figures, then those of each service; figures that neither side has are left out.</summary>
    public static IReadOnlyList<Drift> Of(KpiSummary current, Baseline baseline, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. current.Services.Concat(current.Infrastructure).Prepend(current.Overall)
                .SelectMany(scope => scope.Figures.Where(figure => Compared.Contains(figure.Name)).Concat(scope.Others)
                    .Select(figure => Of(scope.Service, figure, baseline, settings)))
                .Where(drift => drift.Baseline is not null || drift.Current is Figure.Measured),
        ];
    }

    private static Drift Of(string? service, KpiFigure figure, Baseline baseline, AnalysisSettings settings)
    {
        double? before = baseline.Values.TryGetValue(Stability.Baseline.KeyOf(service, figure.Name), out double value) ? value : null;
        bool isShareOfRequests = figure.Name is KpiNames.Availability or KpiNames.ErrorRate;
        double? budget = isShareOfRequests && service is not null
            ? settings.Objectives.Where(objective => objective.Service == service && objective.Goal is ObjectiveGoal.GoodEvents)
                .Select(objective => (double?)(100 * (1 - objective.Target.Value))).FirstOrDefault()
            : null;
        string basis = !isShareOfRequests ? "baseline" : budget is null ? "baseline error rate" : "error budget";
        Figure change = figure.Figure switch
        {
            Figure.Measured when before is null => new Figure.NoData("the baseline has no such figure"),
            Figure.Measured measured => Figure.Of(
                ChangeOf(measured.Number, before!.Value, figure.Name == KpiNames.Availability, budget, isShareOfRequests), measured.Coverage,
                "the baseline is zero: no relative change"),
            _ => figure.Figure,
        };
        return new Drift(service, figure.Name, figure.Unit, before, figure.Figure, change, EffectOf(change, figure.Better), basis);
    }

    private static double ChangeOf(double now, double before, bool isAvailability, double? budget, bool isShareOfRequests)
    {
        double difference = now - before;
        double scale = budget ?? (!isShareOfRequests ? Math.Abs(before) : isAvailability ? 100 - before : before);
        return difference == 0 ? 0 : scale > 0 ? 100 * difference / scale : double.NaN;
    }

    private static DriftEffect EffectOf(Figure change, Better better) => change switch
    {
        not Figure.Measured => DriftEffect.NotCompared,
        Figure.Measured { Number: >= -NoticePercent and <= NoticePercent } => DriftEffect.None,
        _ when better == Better.Neither => DriftEffect.Changed,
        Figure.Measured measured => measured.Number > 0 == (better == Better.Higher) ? DriftEffect.Better : DriftEffect.Worse,
    };
}

/// <summary>What a drift does to users.</summary>
public enum DriftEffect
{
    /// <summary>Within ten percent.</summary>
    None,

    /// <summary>Beyond ten percent in the direction that hurts.</summary>
    Worse,

    /// <summary>Beyond ten percent in the direction that helps.</summary>
    Better,

    /// <summary>Beyond ten percent, of a figure that has no good direction (traffic).</summary>
    Changed,

    /// <summary>One side has no value, or the baseline is zero.</summary>
    NotCompared,
}

using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>What was measured to be good. What was not measured well enough is not praised.</summary>
internal static class SuccessSearch
{
    /// <summary>Objectives kept, services never down, budgets hardly used, improvements, deployments without harm.</summary>
    public static IReadOnlyList<Success> Find(RetrospectiveData data) =>
    [
        .. Kept(data),
        .. NeverDown(data),
        .. Spared(data),
        .. data.Changes.Improvements.Select(Improved),
        .. Deployed(data),
    ];

    private static IEnumerable<Success> Kept(RetrospectiveData data) =>
        from result in data.Kpis.Certification.Objectives
        where result.Verdict is Verdict.Pass && result.Value is Figure.Measured
        let measured = (Figure.Measured)result.Value
        select new Success(result.Service, result.Objective, measured.Number, result.Unit, result.Threshold, measured.Coverage, result.Reason);

    private static IEnumerable<Success> NeverDown(RetrospectiveData data) =>
        from scope in data.Kpis.Services
        let down = scope.Find(KpiNames.DowntimeMinutes)?.Figure as Figure.Measured
        where down is { Number: 0 } && down.Coverage >= data.Settings.CoverageMinimum
        let measured = down.Coverage.Value * data.Period.Duration.TotalMinutes
        select new Success(
            scope.Service, KpiNames.DowntimeMinutes, 0, "min", null, down.Coverage,
            FormattableString.Invariant($"{scope.Service} was not down in any of about {measured:0} measured minutes"));

    private static IEnumerable<Success> Spared(RetrospectiveData data) =>
        from budget in data.Budgets
        let consumed = budget.ConsumedShare as Figure.Measured
        where consumed is { Number: <= 0.5 } && consumed.Coverage >= data.Settings.CoverageMinimum
            && budget.BurnRate is Figure.Measured { Number: < 1 } // at this pace the objective would be kept
        select new Success(
            budget.Objective.Service, "error_budget", 100 * consumed.Number, "%", 100, consumed.Coverage,
            FormattableString.Invariant($"{budget.Objective.Name}: {100 * consumed.Number:0.##} % of the error budget consumed{(budget.IsProjection ? " (projected to the objective's window)" : string.Empty)}"));

    private static Success Improved(MetricComparison better) => new(
        better.Service, better.Metric, better.AfterValue ?? double.NaN, better.Unit, better.BeforeValue, new Ratio(1),
        FormattableString.Invariant($"{better.Service} {better.Metric} changed by {Size(better)} {(better.Deployment is { } d ? $"at the time of the deployment of {d.Version}" : "against the period before")}"));

    private static IEnumerable<Success> Deployed(RetrospectiveData data)
    {
        DeploymentComparison[] compared =
            [.. data.Changes.Deployments.Where(d => d.Metrics.Any(m => m.Outcome != ComparisonOutcome.NotEnoughData))];
        int harmless = compared.Count(d => d.Metrics.All(m => m.Outcome != ComparisonOutcome.Regression));
        if (harmless > 0)
        {
            yield return new Success(
                null, "deployments", harmless, string.Empty, null, new Ratio((double)compared.Length / data.Changes.Deployments.Count),
                FormattableString.Invariant($"{harmless} of {compared.Length} compared deployments were followed by no sure and relevant change for the worse"));
        }
    }

    /// <summary>The size of a change in words: relative where there is something to relate to.</summary>
    public static string Size(MetricComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison is { Metric: not MetricNames.ErrorRate, RelativeChange: { } relative }
            ? FormattableString.Invariant($"{100 * relative:+0.#;-0.#;0} % (interval {100 * comparison.RelativeLow:+0.#;-0.#;0} to {100 * comparison.RelativeHigh:+0.#;-0.#;0} %)")
            : FormattableString.Invariant($"{comparison.Change:+0.####;-0.####;0} {(comparison.Unit == "%" ? "percentage points" : comparison.Unit)}");
    }
}

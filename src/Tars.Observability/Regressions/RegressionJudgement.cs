using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Statistics.Comparisons;

namespace Tars.Observability.Regressions;

/// <summary>From p-values and effects to outcomes, severities and the assessment.</summary>
internal static class RegressionJudgement
{
    // Romano, Kromrey, Coraggio and Skowronek 2006: |delta| from 0.33 on is a medium effect. It keeps a few wild blocks from being a change for good.
    private const double LeastDelta = 0.33;
    private const double MediumMultiple = 2;
    private const double HighMultiple = 5;
    private const double CriticalMultiple = 10;

    /// <summary>Adjusts over all comparisons and judges each.</summary>
    /// <returns>The same comparisons in the same order, and how many were tested.</returns>
    public static (IReadOnlyList<MetricComparison> Judged, int Tests) Judge(IReadOnlyList<MetricComparison> comparisons, RegressionOptions options)
    {
        double[] adjusted = FalseDiscoveryRate.BenjaminiHochberg([.. comparisons.Select(comparison => comparison.PValue ?? double.NaN)]);
        MetricComparison[] judged = [.. comparisons.Select((comparison, i) => double.IsNaN(adjusted[i]) ? comparison : Judge(comparison, adjusted[i], options))];
        return (judged, adjusted.Count(p => !double.IsNaN(p)));
    }

    /// <summary>The whole in a word, and rollback rules.</summary>
    public static RegressionAssessment Assess(IReadOnlyList<DeploymentComparison> deployments, IReadOnlyList<MetricComparison> periods)
    {
        MetricComparison[] all = [.. deployments.SelectMany(deployment => deployment.Metrics).Concat(periods)];
        MetricComparison[] regressions = [.. all.Where(comparison => comparison.Outcome == ComparisonOutcome.Regression)];
        RollbackRule[] rules = [.. deployments.Where(deployment => deployment.IsLatest).SelectMany(deployment =>
            deployment.Metrics.GroupBy(metric => metric.Region).SelectMany(scope => Rules(deployment.Deployment, scope)))];
        int compared = all.Count(comparison => comparison.Outcome != ComparisonOutcome.NotEnoughData);
        (OverallAssessment overall, string reason) = compared == 0
            ? (OverallAssessment.Inconclusive, "nothing could be compared")
            : regressions.Length == 0 ? (OverallAssessment.Stable, Invariant($"{compared} figures compared, none worse by a sure and relevant amount"))
            : (OverallOf(regressions.Max(regression => regression.Severity!.Value)),
                Invariant($"{regressions.Length} of {compared} compared figures worse, the worst {regressions.MaxBy(r => r.Multiple)!.Place} {regressions.MaxBy(r => r.Multiple)!.Metric}"));
        return new RegressionAssessment(overall, reason, rules.Length > 0, rules);
    }

    private static MetricComparison Judge(MetricComparison comparison, double adjusted, RegressionOptions options)
    {
        // Errors are counted in points but must also have grown noticeably; from nothing to something is noticeable.
        bool grown = comparison.Metric != MetricNames.ErrorRate || comparison.RelativeChange is not { } relative || Math.Abs(relative) >= options.MinimumEffects.ErrorRatio;
        bool sure = adjusted <= options.FalseDiscoveryRate && Math.Abs(comparison.CliffsDelta ?? 0) >= LeastDelta;
        bool relevant = comparison.Multiple >= 1 && grown;
        ComparisonOutcome outcome = !sure || !relevant ? ComparisonOutcome.NoRelevantChange
            : comparison.Better == Better.Neither ? ComparisonOutcome.Shift
            : comparison.IsHarmful ? ComparisonOutcome.Regression
            : ComparisonOutcome.Improvement;
        RegressionSeverity? severity = outcome != ComparisonOutcome.Regression ? null
            : comparison.Multiple >= CriticalMultiple ? RegressionSeverity.Critical
            : comparison.Multiple >= HighMultiple ? RegressionSeverity.High
            : comparison.Multiple >= MediumMultiple ? RegressionSeverity.Medium
            : RegressionSeverity.Low;
        return comparison with { AdjustedPValue = adjusted, Outcome = outcome, Severity = severity };
    }

    private static IEnumerable<RollbackRule> Rules(Deployment deployment, IGrouping<string?, MetricComparison> scope)
    {
        MetricComparison[] felt =
        [
            .. scope.Where(metric => metric.Outcome == ComparisonOutcome.Regression
                && (metric.Indicator is IndicatorNames.Availability or IndicatorNames.Latency)),
        ];
        string where = scope.Key is null ? string.Empty : $" in {scope.Key}";
        MetricComparison[] errors = [.. felt.Where(metric => metric.Metric == MetricNames.ErrorRate && metric.Severity >= RegressionSeverity.High)];
        MetricComparison[] slow = [.. felt.Where(metric => metric.Metric != MetricNames.ErrorRate && metric.Severity == RegressionSeverity.Critical)];
        if (errors.Length > 0)
        {
            yield return new RollbackRule($"errors rose by at least five times the smallest relevant change{where}", deployment, errors);
        }

        if (slow.Length > 0)
        {
            yield return new RollbackRule($"latency rose by at least ten times the smallest relevant change{where}", deployment, slow);
        }

        MetricComparison[] both = [.. felt.Where(metric => metric.Severity >= RegressionSeverity.Medium)];
        if (both.Select(metric => metric.Indicator).Distinct().Count() >= 2)
        {
            yield return new RollbackRule($"errors and latency both rose by at least twice the smallest relevant change{where}", deployment, both);
        }
    }

    private static OverallAssessment OverallOf(RegressionSeverity worst) => worst switch
    {
        RegressionSeverity.Critical => OverallAssessment.CriticalRegression,
        RegressionSeverity.High => OverallAssessment.MajorRegression,
        _ => OverallAssessment.MinorRegression,
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Stability;

/// <summary>What the week speaks for.</summary>
public enum StabilityAction
{
    /// <summary>Keep the release.</summary>
    Hold,

    /// <summary>Keep it and look closer.</summary>
    Watch,

    /// <summary>Go back to the state of the baseline.</summary>
    RollBack,

    /// <summary>Too little was measured to say.</summary>
    Inconclusive,
}

/// <summary>A recommendation and why. It is a suggestion by fixed rules (docs/math.md, "Stability"); a person decides.</summary>
/// <param name="Action">The strongest action that a rule asks for.</param>
/// <param name="Rules">The rules that fired, strongest first; empty for a hold.</param>
public sealed record Recommendation(StabilityAction Action, IReadOnlyList<FiredRule> Rules)
{
    /// <summary>Drift of a figure about users, percent, from which going back is worth it: 50.</summary>
    public const double RollBackPercent = 50;

    /// <summary>Applies the rules.</summary>
    internal static Recommendation Of(KpiSummary week, IReadOnlyList<DaySummary> days, IReadOnlyList<Drift> drifts, IReadOnlyList<DailyTrend> trends)
    {
        FiredRule[] fired =
        [
            .. RollBackRules(week, days, drifts),
            .. WatchRules(week, days, drifts, trends),
        ];
        bool knowsAnything = week.Certification.Objectives.Any(result => result.Verdict is Verdict.Pass) || drifts.Any(drift => drift.Effect != DriftEffect.NotCompared);
        StabilityAction action = fired.Any(rule => rule.Action == StabilityAction.RollBack) ? StabilityAction.RollBack
            : fired.Length > 0 ? StabilityAction.Watch
            : !knowsAnything || week.Certification.MissingIndicators.Count > 0 || week.Certification.Objectives.Any(result => result.Verdict is Verdict.Inconclusive)
                ? StabilityAction.Inconclusive
                : StabilityAction.Hold;
        return new Recommendation(action, action == StabilityAction.Inconclusive
            ? [.. week.Certification.Reasons.Select(reason => new FiredRule("not-measured", StabilityAction.Inconclusive, reason))]
            : fired);
    }

    private static IEnumerable<FiredRule> RollBackRules(KpiSummary week, IReadOnlyList<DaySummary> days, IReadOnlyList<Drift> drifts)
    {
        Drift[] worse = [.. drifts.Where(drift => drift is { Effect: DriftEffect.Worse, Service: not null } && IsAboutUsers(drift.Metric))];
        foreach (ObjectiveResult failed in week.Certification.Objectives.Where(result => result.Verdict is Verdict.Fail))
        {
            if (worse.Where(drift => drift.Service == failed.Service).MaxBy(drift => drift.HurtPercent) is { } drift)
            {
                yield return new FiredRule(
                    "objective-missed-and-worse-than-baseline", StabilityAction.RollBack,
                    FormattableString.Invariant($"{failed.Reason}; {drift.Service} {drift.Metric} is {drift.HurtPercent:0.#} % ({drift.Basis}) worse than the baseline"));
            }
        }

        foreach (Drift drift in worse.Where(drift => drift.HurtPercent >= RollBackPercent))
        {
            int measured = days.Count(day => EffectOn(day, drift) is not (null or DriftEffect.NotCompared));
            int hurt = days.Count(day => EffectOn(day, drift) == DriftEffect.Worse);
            if (hurt * 2 > measured)
            {
                yield return new FiredRule(
                    "lasting-drift", StabilityAction.RollBack,
                    FormattableString.Invariant($"{drift.Service} {drift.Metric} is {drift.HurtPercent:0.#} % ({drift.Basis}) worse than the baseline, on {hurt} of {measured} days"));
            }
        }
    }

    private static IEnumerable<FiredRule> WatchRules(
        KpiSummary week, IReadOnlyList<DaySummary> days, IReadOnlyList<Drift> drifts, IReadOnlyList<DailyTrend> trends)
    {
        foreach (ObjectiveResult failed in week.Certification.Objectives.Where(result => result.Verdict is Verdict.Fail))
        {
            yield return new FiredRule("objective-missed", StabilityAction.Watch, failed.Reason);
        }

        foreach (DaySummary day in days.Where(day => day.IsDegraded))
        {
            string missed = string.Join(", ", day.Kpis.Certification.Objectives.Where(result => result.Verdict is Verdict.Fail).Select(result => result.Objective).Distinct());
            yield return new FiredRule("degraded-day", StabilityAction.Watch, $"{day.Date:yyyy-MM-dd}: {missed}");
        }

        foreach (Drift drift in drifts.Where(drift => drift is { Effect: DriftEffect.Worse, Service: not null }))
        {
            yield return new FiredRule(
                "drift", StabilityAction.Watch,
                FormattableString.Invariant($"{drift.Service} {drift.Metric} is {drift.HurtPercent:0.#} % ({drift.Basis}) worse than the baseline"));
        }

        foreach (DailyTrend trend in trends.Where(trend => trend is { Direction: TrendDirection.Worsening, Service: not null }))
        {
            yield return new FiredRule(
                "worsening-trend", StabilityAction.Watch,
                FormattableString.Invariant($"{trend.Service} {trend.Metric} worsens by {trend.SlopePerDay.Value:0.####} {trend.Unit} a day (p = {trend.PValue:0.####}, {trend.Days} days)"));
        }

        foreach (AlertEpisode alert in week.Alerts.Where(alert => alert.Severity.Equals("critical", StringComparison.OrdinalIgnoreCase)))
        {
            yield return new FiredRule("critical-alert", StabilityAction.Watch, $"{alert.Name} from {Instants.Format(alert.Start)}{(alert.IsFiringAtEnd ? ", still firing" : string.Empty)}");
        }
    }

    private static DriftEffect? EffectOn(DaySummary day, Drift drift) =>
        day.Drift.FirstOrDefault(other => other.Service == drift.Service && other.Metric == drift.Metric)?.Effect;

    private static bool IsAboutUsers(string metric) => metric is
        KpiNames.Availability or KpiNames.ErrorRate or KpiNames.P50Latency or KpiNames.P95Latency or KpiNames.P99Latency;
}

/// <summary>A rule that fired.</summary>
/// <param name="Rule">Its stable name.</param>
/// <param name="Action">What it asks for.</param>
/// <param name="Reason">Why it fired: figure, value, threshold.</param>
public sealed record FiredRule(string Rule, StabilityAction Action, string Reason);

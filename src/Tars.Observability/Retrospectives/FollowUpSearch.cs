using Tars.Observability.Anomalies;
using Tars.Observability.Budgets;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>What to do. Each follows from findings by a fixed rule; none is written when nothing was found.</summary>
internal static class FollowUpSearch
{
    private const double NearlyUsedUp = 0.75;

    /// <summary>The most urgent first.</summary>
    public static IReadOnlyList<FollowUp> Find(
        RetrospectiveData data, IReadOnlyList<Degradation> degradations, IReadOnlyList<IncidentStory> incidents, IReadOnlyList<RegressionStory> regressions,
        IReadOnlyList<BudgetStory> budgets, DataQuality quality)
    {
        IEnumerable<FollowUp> all =
        [
            .. incidents.Select(OfIncident),
            .. RollBacks(data, regressions),
            .. OfMissed(data, budgets),
            .. OfRegressions(regressions),
            .. budgets.SelectMany(OfBudget),
            .. degradations.Where(d => !incidents.Any(i => i.Events.Contains(d.Event))).Select(OfDegradation),
            .. OfQuality(quality),
        ];
        return [.. all.OrderBy(item => item.Priority, StringComparer.Ordinal)];
    }

    private static FollowUp OfIncident(IncidentStory incident)
    {
        bool open = incident.Recovery is not Recovery.Recovered;
        string what = incident.Service == AnomalyEvent.BackendService ? "monitoring" : incident.Service.Length == 0 ? "what the alert watches" : incident.Service;
        return new FollowUp(
            open ? "P0" : incident.Severity >= AnomalySeverity.High ? "P1" : "P2",
            incident.Service,
            open ? $"see whether {what} works now: no recovery was measured"
                : incident.Causes.IsUnknown ? $"find the cause of the incident of {what}; nothing measured names it"
                : $"check the likely cause of the incident of {what}: {incident.Causes.Candidates[0].Description}",
            FormattableString.Invariant($"{Wording.Of(incident.Severity)} from {Instants.Format(incident.Start)} for {incident.Minutes:0} min; {incident.Recovery.Text}"),
            [incident.Id]);
    }

    private static IEnumerable<FollowUp> RollBacks(RetrospectiveData data, IReadOnlyList<RegressionStory> regressions) =>
        data.Changes.Assessment.Rules.GroupBy(rule => rule.Deployment).Select(rules => new FollowUp(
            "P0",
            rules.Key.Service,
            $"consider rolling back {rules.Key.Service} {rules.Key.Version}{(rules.Key.PreviousVersion is { } previous ? $" to {previous}" : string.Empty)}",
            string.Join("; ", rules.Select(rule => $"{rule.Rule}: {string.Join(", ", rule.Evidence.Select(e => $"{e.Metric} {SuccessSearch.Size(e)}"))}")),
            [.. regressions.Where(story => rules.Any(rule => rule.Evidence.Contains(story.Comparison))).Select(story => story.Id)]));

    // The quantiles of one latency across one deployment, and the period against the one before, ask for one look, not for six.
    private static IEnumerable<FollowUp> OfRegressions(IReadOnlyList<RegressionStory> regressions) =>
        regressions.GroupBy(story => story.Comparison.Service, StringComparer.Ordinal).Select(service =>
        {
            string[] versions = [.. service.Select(story => story.Comparison.Deployment?.Version).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
            string[] metrics = [.. service.Select(story => story.Comparison.Metric).Distinct().Order(StringComparer.Ordinal)];
            RegressionStory worst = service.MaxBy(story => story.Comparison.Multiple)!;
            return new FollowUp(
                service.Any(story => story.Comparison.Severity >= RegressionSeverity.High) ? "P1" : "P2",
                service.Key,
                versions.Length == 0
                    ? $"look into {string.Join(", ", metrics)} of {service.Key}"
                    : $"look into what {service.Key} {string.Join(", ", versions)} changed for {string.Join(", ", metrics)}",
                $"{worst.Comparison.Metric} {SuccessSearch.Size(worst.Comparison)}; {worst.Causes.Statement}",
                [.. service.Select(story => story.Id)]);
        });

    private static IEnumerable<FollowUp> OfMissed(RetrospectiveData data, IReadOnlyList<BudgetStory> budgets) =>
        from story in budgets
        let missed = data.Kpis.Certification.Objectives.Where(result => result.Objective == story.Budget.Objective.Name && result.Verdict is Verdict.Fail).ToArray()
        where missed.Length > 0
        select new FollowUp(
            "P1", story.Budget.Objective.Service, $"find out what keeps {story.Budget.Objective.Service} from its objective", string.Join("; ", missed.Select(result => result.Reason)), [story.Id]);

    private static IEnumerable<FollowUp> OfBudget(BudgetStory story)
    {
        ErrorBudget budget = story.Budget;
        if (budget.ConsumedShare is Figure.Measured { Number: >= NearlyUsedUp } consumed)
        {
            yield return new FollowUp(
                consumed.Number >= 1 ? "P0" : "P1",
                budget.Objective.Service,
                consumed.Number >= 1 ? "stop risky changes until the objective is kept again" : "spend the rest of the budget with care",
                FormattableString.Invariant($"{budget.Objective.Name}: {100 * consumed.Number:0.#} % of the error budget consumed{(budget.IsProjection ? ", projected to the objective's window" : string.Empty)}"),
                [story.Id]);
        }
    }

    private static FollowUp OfDegradation(Degradation degradation) => new(
        degradation.Recovery is Recovery.NotRecovered && degradation.Event.Severity >= AnomalySeverity.High ? "P1" : "P2",
        degradation.Event.Service,
        degradation.Event.Suggestions.Count > 0 ? degradation.Event.Suggestions[0] : $"look into {degradation.Event.Metric} of {degradation.Event.Service}",
        FormattableString.Invariant($"{Wording.Of(degradation.Event.Kind)} of {degradation.Event.Metric} from {Instants.Format(degradation.Start)} for {degradation.Minutes:0} min; {degradation.Recovery.Text}"),
        [degradation.Id]);

    private static IEnumerable<FollowUp> OfQuality(DataQuality quality)
    {
        foreach (IGrouping<string?, GapStory> service in quality.Gaps.GroupBy(gap => gap.Gap.Service))
        {
            yield return new FollowUp(
                "P2",
                service.Key,
                service.Key is null ? "find out why monitoring had no data at all" : $"find out why {service.Key} was not measured",
                FormattableString.Invariant($"{Wording.Count(service.Count(), "gap")} of {service.Sum(gap => gap.Gap.Minutes):0} min together; what happened in them is not known"),
                [.. service.Select(gap => gap.Id)]);
        }

        foreach (IndicatorQuality indicator in quality.Indicators.Where(indicator => indicator.Problem is not null))
        {
            yield return new FollowUp("P1", indicator.Service, $"mend the indicator {indicator.Indicator}", indicator.Problem!, [indicator.Id]);
        }
    }
}

using Tars.Observability.Anomalies;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>Puts the parts together.</summary>
internal static class RetrospectiveComposition
{
    /// <summary>Composes.</summary>
    public static Retrospective Of(RetrospectiveData data)
    {
        IReadOnlyList<IncidentStory> incidents = new IncidentSearch(data).Find();
        Degradation[] degradations = [.. Degradations(data)];
        CauseSearch causes = new(data);
        RegressionStory[] regressions =
        [
            .. data.Changes.Regressions.Select((regression, i) => new RegressionStory(
                FormattableString.Invariant($"R{i + 1}"),
                regression,
                causes.Of(regression, data.Changes.Deployments.FirstOrDefault(d => d.Deployment == regression.Deployment)))),
        ];
        BudgetStory[] budgets = [.. data.Budgets.Select((budget, i) => new BudgetStory(FormattableString.Invariant($"B{i + 1}"), budget))];
        DataQuality quality = QualityCheck.Of(data);
        return new Retrospective(
            data.Period,
            data.Set.Window.From,
            data.Set.Grid.Step,
            AnalysisSettings.MethodVersion,
            Summarise(data, incidents, degradations, regressions),
            SuccessSearch.Find(data),
            degradations,
            incidents,
            regressions,
            data.Changes.Improvements,
            budgets,
            FollowUpSearch.Find(data, degradations, incidents, regressions, budgets, quality),
            data.Kpis.Cost,
            data.Kpis.Maintenance,
            quality,
            QualityCheck.OriginsOf(data),
            data.Kpis,
            data.PreviousKpis,
            data.Stability,
            data.Anomalies,
            data.Changes);
    }

    private static IEnumerable<Degradation> Degradations(RetrospectiveData data)
    {
        RecoverySearch recovery = new(data);
        ImpactCount impact = new(data);
        CauseSearch causes = new(data);
        return data.Anomalies.Events
            .Where(e => e.IsHarmful && e.Kind != AnomalyKind.MissingData && e.Window.Overlaps(data.Period))
            .OrderByDescending(e => e.Severity).ThenBy(e => e.Start).ThenBy(e => e.Service, StringComparer.Ordinal).ThenBy(e => e.Metric, StringComparer.Ordinal)
            .Select((e, i) => new Degradation(
                FormattableString.Invariant($"D{i + 1}"), e, e.Start, e.End, (e.End - e.Start).TotalMinutes, recovery.Of(e),
                impact.Of(e.Service, e.Start, e.End), causes.Of(e.Service, e.Metric, e.Start, e.End)));
    }

    private static RetrospectiveSummary Summarise(
        RetrospectiveData data, IReadOnlyList<IncidentStory> incidents, Degradation[] degradations, RegressionStory[] regressions)
    {
        Figure Overall(string name) => data.Kpis.Overall.Find(name)?.Figure ?? new Figure.NoData("no service counts requests");
        Verdict verdict = data.Kpis.Certification.Verdict;
        int open = incidents.Count(incident => incident.Recovery is not Recovery.Recovered)
            + degradations.Count(d => d.Recovery is not Recovery.Recovered && !incidents.Any(i => i.Events.Contains(d.Event)));
        bool critical = verdict is Verdict.Fail
            || incidents.Any(incident => incident.Recovery is Recovery.NotRecovered)
            || data.Changes.Assessment.Overall == OverallAssessment.CriticalRegression;
        RetrospectiveStatus status = critical ? RetrospectiveStatus.Critical
            : verdict is Verdict.Inconclusive ? RetrospectiveStatus.Inconclusive
            : incidents.Count + degradations.Length + regressions.Length > 0 ? RetrospectiveStatus.NeedsAttention
            : RetrospectiveStatus.Good;
        RetrospectiveSummary summary = new(
            status, verdict, Overall(KpiNames.Availability), Overall(KpiNames.TotalRequests), Overall(KpiNames.TotalErrors),
            Overall(KpiNames.DowntimeMinutes), Overall(KpiNames.UnmeasuredMinutes),
            incidents.Count, degradations.Length, open, regressions.Length, data.Changes.Deployments.Count, []);
        return summary with { Sentences = [.. Sentences(data, summary, incidents, regressions)] };
    }

    private static IEnumerable<string> Sentences(
        RetrospectiveData data, RetrospectiveSummary summary, IReadOnlyList<IncidentStory> incidents, RegressionStory[] regressions)
    {
        IReadOnlyList<ObjectiveResult> objectives = data.Kpis.Certification.Objectives;
        yield return objectives.Count == 0
            ? "No objective is configured, so nothing was promised that could be judged."
            : FormattableString.Invariant($"{objectives.Count(o => o.Verdict is Verdict.Pass)} of {objectives.Count} objective conditions kept, {objectives.Count(o => o.Verdict is Verdict.Fail)} missed, {objectives.Count(o => o.Verdict is Verdict.Inconclusive)} not measured well enough to say.");
        if (summary is { Availability: Figure.Measured availability, Requests: Figure.Measured requests, Errors: Figure.Measured errors })
        {
            yield return FormattableString.Invariant(
                $"{errors.Number:#,0} of {requests.Number:#,0} measured requests failed: availability {availability.Number:0.####} % (coverage {availability.Coverage}).");
        }

        yield return incidents.Count == 0
            ? "No incident was found in what was measured."
            : FormattableString.Invariant($"{Wording.Count(incidents.Count, "incident")}, {incidents.Count(i => i.Recovery is Recovery.Recovered)} with measured recovery; {Wording.Count(summary.DegradationCount, "degradation")} in all.");
        yield return data.Changes.Assessment.Overall == OverallAssessment.Inconclusive
            ? "Whether anything became worse for good is not known: nothing could be compared."
            : regressions.Length == 0 ? $"No regression: {data.Changes.Assessment.Reason}."
            : $"{data.Changes.Assessment.Reason}{(data.Changes.Assessment.RollbackRecommended ? "; a rollback is recommended" : string.Empty)}.";
        if (summary.UnmeasuredMinutes is Figure.Measured { Number: > 0 } unmeasured)
        {
            yield return FormattableString.Invariant($"In {unmeasured.Number:#,0} minutes at least one service was not measured; nothing is said about them.");
        }
    }
}

using Tars.Observability.Anomalies;
using Tars.Observability.Kpis;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>A harmful deviation that lasted.</summary>
/// <param name="Id"><c>D1</c> and so on.</param>
/// <param name="Event">What was seen: service, figure, shape, peak, severity.</param>
/// <param name="Start">Its start inside the period, UTC.</param>
/// <param name="End">Its end, UTC; the end of the data when it had not ended.</param>
/// <param name="Minutes">From start to end.</param>
/// <param name="Recovery">Whether it ended, as far as data show.</param>
/// <param name="Impact">What it touched.</param>
/// <param name="Causes">Candidate causes.</param>
public sealed record Degradation(
    string Id, AnomalyEvent Event, DateTimeOffset Start, DateTimeOffset End, double Minutes, Recovery Recovery, Impact Impact, CauseAnalysis Causes);

/// <summary>Whether something ended. Only data can say so.</summary>
public abstract record Recovery
{
    private Recovery()
    {
    }

    /// <summary>In a sentence.</summary>
    public abstract string Text { get; }

    /// <summary>Measured steps lay within the expected range again.</summary>
    /// <param name="At">End of the last unusual step, UTC.</param>
    /// <param name="StepsWithin">Measured steps directly afterwards that were within range, at least <see cref="RequiredSteps"/>.</param>
    public sealed record Recovered(DateTimeOffset At, int StepsWithin) : Recovery
    {
        /// <summary>Steps within the expected range that make a recovery.</summary>
        public const int RequiredSteps = 5;

        /// <inheritdoc/>
        public override string Text => $"recovered at {Instants.Format(At)}: the {StepsWithin} measured steps after it were within the expected range";
    }

    /// <summary>It was still there in the last data.</summary>
    /// <param name="By">End of the data looked at, UTC.</param>
    public sealed record NotRecovered(DateTimeOffset By) : Recovery
    {
        /// <inheritdoc/>
        public override string Text => $"not recovered by {Instants.Format(By)}";
    }

    /// <summary>Data do not say.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unknown(string Reason) : Recovery
    {
        /// <inheritdoc/>
        public override string Text => "unknown: " + Reason;
    }
}

/// <summary>What a span touched, as counted by the service's own indicators. Counts over the span, whether or not each is due to the finding.</summary>
/// <param name="Requests">Requests in the span.</param>
/// <param name="Errors">Failed requests in the span.</param>
/// <param name="ErrorsExpected">Failed requests the rest of the period would lead one to expect for as many requests.</param>
/// <param name="Budgets">What the span took from each error budget of the service.</param>
public sealed record Impact(Figure Requests, Figure Errors, Figure ErrorsExpected, IReadOnlyList<BudgetImpact> Budgets);

/// <summary>What a span took from an error budget.</summary>
/// <param name="Objective">Name of the objective.</param>
/// <param name="BadEvents">Bad events in the span.</param>
/// <param name="ShareOfPeriodBudget">Of what the objective allows in the period (1 is all of it).</param>
/// <param name="BudgetMinutes">Bad events in minutes of complete failure at the period's mean traffic.</param>
public sealed record BudgetImpact(string Objective, Figure BadEvents, Figure ShareOfPeriodBudget, Figure BudgetMinutes);

/// <summary>What users most likely noticed: time down, grave harmful anomalies and alerts of one service that overlap, told as one.</summary>
/// <param name="Id"><c>I1</c> and so on.</param>
/// <param name="Service">The service; <see cref="AnomalyEvent.BackendService"/> when monitoring itself was away; empty for alerts that name none.</param>
/// <param name="Start">Start of the first part, UTC.</param>
/// <param name="End">End of the last part, UTC.</param>
/// <param name="Minutes">From start to end.</param>
/// <param name="Severity">The gravest of its parts.</param>
/// <param name="Recovery">Whether it ended, as far as data show.</param>
/// <param name="Downtime">Parts in which the service was down by <see cref="DowntimeRules"/>.</param>
/// <param name="Events">Harmful anomalies that belong to it.</param>
/// <param name="Alerts">Alerts that belong to it.</param>
/// <param name="Impact">What it touched.</param>
/// <param name="Causes">Candidate causes.</param>
public sealed record IncidentStory(
    string Id,
    string Service,
    DateTimeOffset Start,
    DateTimeOffset End,
    double Minutes,
    AnomalySeverity Severity,
    Recovery Recovery,
    IReadOnlyList<Incident> Downtime,
    IReadOnlyList<AnomalyEvent> Events,
    IReadOnlyList<AlertEpisode> Alerts,
    Impact Impact,
    CauseAnalysis Causes);

/// <summary>A regression and what may be behind it.</summary>
/// <param name="Id"><c>R1</c> and so on.</param>
/// <param name="Comparison">The measured change.</param>
/// <param name="Causes">Candidate causes.</param>
public sealed record RegressionStory(string Id, MetricComparison Comparison, CauseAnalysis Causes);

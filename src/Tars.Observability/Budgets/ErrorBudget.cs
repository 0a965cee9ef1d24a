using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Budgets;

/// <summary>What an objective allows to fail, and how much of it did. Formulas in docs/math.md, "Budgets".</summary>
/// <param name="Objective">The objective.</param>
/// <param name="Window">The window looked at.</param>
/// <param name="TotalEvents">Events in the window: requests, or measured steps for a limit.</param>
/// <param name="BadEvents">Events that were not good.</param>
/// <param name="AllowedEvents">Events that may be bad: (1 − target) × total.</param>
/// <param name="BurnRate">
/// Bad ÷ allowed in the window: the consumed share of the window's own budget; 1 uses it up exactly, above 1 the objective is missed.
/// </param>
/// <param name="ConsumedShare">
/// The consumed share of the budget of the whole objective window. Measured over the last objective window where the data reaches that
/// far; otherwise a projection, which takes the traffic of the rest for that of this window.
/// </param>
/// <param name="IsProjection">Whether <paramref name="ConsumedShare"/> and <paramref name="RemainingShare"/> are a projection.</param>
/// <param name="RemainingShare">1 − consumed share; negative when more was consumed than there is.</param>
/// <param name="CurrentBurnRate">Burn rate of the last 24 hours of the window, or of all of it when it is shorter.</param>
/// <param name="HoursToExhaustion">
/// Hours until the budget is used up at the current burn rate, zero when it is; no data when nothing burns or nothing was measured.
/// </param>
/// <param name="Days">Day by day in the configured time zone.</param>
/// <param name="BurnAlerts">Multi-window burn rate rules and when they would have fired.</param>
/// <param name="Note">How a latency threshold lies to the bucket bounds, or null.</param>
/// <param name="Queries">The PromQL texts the figures rest on.</param>
public sealed record ErrorBudget(
    Objective Objective,
    TimeWindow Window,
    Figure TotalEvents,
    Figure BadEvents,
    Figure AllowedEvents,
    Figure BurnRate,
    Figure ConsumedShare,
    bool IsProjection,
    Figure RemainingShare,
    Figure CurrentBurnRate,
    Figure HoursToExhaustion,
    IReadOnlyList<BudgetDay> Days,
    IReadOnlyList<BurnAlert> BurnAlerts,
    string? Note,
    IReadOnlyList<string> Queries)
{
    /// <summary>The span over which the current burn rate is taken: a day, so that the hour of day does not matter.</summary>
    public static readonly TimeSpan CurrentSpan = TimeSpan.FromDays(1);

    /// <summary>Whether the objective window's budget is used up (projected, when the figure is): fail when nothing remains.</summary>
    /// <param name="minimum">The coverage below which nothing is judged.</param>
    public Verdict Judge(Ratio minimum) => RemainingShare switch
    {
        Figure.Measured measured when measured.Coverage.Value < minimum.Value => new Verdict.Inconclusive($"coverage {measured.Coverage} is below {minimum}"),
        Figure.Measured { Number: <= 0 } => new Verdict.Fail($"the budget of {Objective.Service}/{Objective.Indicator} is used up"),
        Figure.Measured => new Verdict.Pass(),
        Figure.NoData empty => new Verdict.Inconclusive(empty.Reason),
        Figure.QueryFailed failed => new Verdict.Inconclusive(failed.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The budgets of all objectives, in configuration order.</summary>
    /// <param name="set">What was collected; burn rates look back over all of it.</param>
    /// <param name="settings">Objectives and exceptions.</param>
    /// <param name="window">A window that shares steps with the set's.</param>
    /// <exception cref="ArgumentException">The window shares no step with the set.</exception>
    public static IReadOnlyList<ErrorBudget> Of(SeriesSet set, AnalysisSettings settings, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        return [.. settings.Objectives.Select(objective => Of(set, settings, objective, window))];
    }

    private static ErrorBudget Of(SeriesSet set, AnalysisSettings settings, Objective objective, TimeWindow window)
    {
        ObjectiveEvents events = ObjectiveEvents.Of(set, objective);
        AnalysedSteps all = AnalysedSteps.Of(set.Grid, set.Window, settings.Maintenance, objective.Service);
        BudgetFigures figures = new(events, all, new EventSums(events, all));
        TimeWindow last = window.Duration >= objective.Window ? new TimeWindow(window.To - objective.Window, window.To) : window;
        TimeWindow current = window.Duration > CurrentSpan ? new TimeWindow(window.To - CurrentSpan, window.To) : window;
        double parts = objective.Window / last.Duration;
        Figure consumed = figures.BurnRate(last).Select(burn => burn / parts);
        Figure remaining = consumed.Select(share => 1 - share);
        Figure currentBurn = figures.BurnRate(current);
        return new ErrorBudget(
            objective,
            window,
            figures.Total(window),
            figures.Bad(window),
            figures.Total(window).Select(total => total * (1 - objective.Target.Value)),
            figures.BurnRate(window),
            consumed,
            parts > 1,
            remaining,
            currentBurn,
            Exhaustion(remaining, currentBurn, objective.Window),
            DaysOf(figures, window, settings.TimeZone, objective.Window),
            [.. BurnRule.All.Select(rule => figures.Sums.Apply(rule, events, window))],
            events.Note,
            set.QueriesOf(objective.Service, objective.Indicator));
    }

    private static Figure Exhaustion(Figure remaining, Figure currentBurn, TimeSpan objectiveWindow) => (remaining, currentBurn) switch
    {
        (Figure.Measured { Number: <= 0 } exhausted, _) => exhausted with { Number = 0 },
        (Figure.Measured, Figure.Measured { Number: <= 0 }) => new Figure.NoData("nothing is being consumed"),
        (Figure.Measured left, Figure.Measured burn) => burn with { Number = left.Number * objectiveWindow.TotalHours / burn.Number },
        (Figure.Measured, _) => currentBurn,
        _ => remaining,
    };

    private static BudgetDay[] DaysOf(BudgetFigures figures, TimeWindow window, TimeZoneInfo zone, TimeSpan objectiveWindow)
    {
        double parts = Math.Max(1, objectiveWindow / window.Duration);
        double whole = figures.AllowedIn(window) * parts;
        return
        [
            .. window.Days(zone).Where(day => figures.Holds(day.Window)).Select(day =>
            {
                Figure bad = figures.Bad(new TimeWindow(window.From, day.Window.To));
                return new BudgetDay(
                    day.Date, day.Window, day.IsWhole, figures.Total(day.Window), figures.Bad(day.Window), figures.BurnRate(day.Window),
                    whole > 0 ? bad.Select(count => 1 - (count / whole)) : new Figure.NoData("no events in the window"));
            }),
        ];
    }
}

/// <summary>One day of a budget.</summary>
/// <param name="Date">The date in the configured time zone.</param>
/// <param name="Window">Its instants inside the window.</param>
/// <param name="IsWhole">Whether that is the whole day.</param>
/// <param name="TotalEvents">Events.</param>
/// <param name="BadEvents">Events that were not good.</param>
/// <param name="BurnRate">Bad ÷ allowed of the day.</param>
/// <param name="RemainingShare">Share of the objective window's budget left at the end of the day, counted from the start of the window; a projection where the budget's is one.</param>
public sealed record BudgetDay(
    DateOnly Date, TimeWindow Window, bool IsWhole, Figure TotalEvents, Figure BadEvents, Figure BurnRate, Figure RemainingShare);

using Tars.Storage.Schedules;

namespace Tars.Application.Schedules;

/// <summary>What a replica tells while it follows its schedules.</summary>
public abstract record ScheduleEvent
{
    private ScheduleEvent()
    {
    }

    /// <summary>A run begins.</summary>
    /// <param name="Run">The run.</param>
    public sealed record Began(TakenRun Run) : ScheduleEvent;

    /// <summary>A run ended, and the store knows.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Result">How.</param>
    /// <param name="Duration">How long it took.</param>
    public sealed record Ended(TakenRun Run, TaskResult Result, TimeSpan Duration) : ScheduleEvent;

    /// <summary>A run ended, and its claim did not hold any more: another replica has settled it, or runs it.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Result">How it ended here.</param>
    public sealed record TooLate(TakenRun Run, TaskResult Result) : ScheduleEvent;

    /// <summary>Planned runs were missed and written down.</summary>
    /// <param name="Schedule">Their schedule.</param>
    /// <param name="Planned">Their instants.</param>
    public sealed record Missed(string Schedule, IReadOnlyList<DateTimeOffset> Planned) : ScheduleEvent;

    /// <summary>A run of a replica that did not come back was settled.</summary>
    /// <param name="Run">The run: lost, or published.</param>
    public sealed record Settled(ScheduledRun Run) : ScheduleEvent;

    /// <summary>This replica stands back: the store has another definition of a schedule.</summary>
    /// <param name="Schedule">The schedule.</param>
    /// <param name="Since">Since when, UTC.</param>
    public sealed record StandsBack(string Schedule, DateTimeOffset Since) : ScheduleEvent;

    /// <summary>The store cannot be used; nothing new begins until it can.</summary>
    /// <param name="Schedule">Whose question it was.</param>
    /// <param name="Reason">What is wrong.</param>
    public sealed record StoreFails(string Schedule, string Reason) : ScheduleEvent;

    /// <summary>The store can be used again.</summary>
    /// <param name="Schedule">Whose question it was.</param>
    public sealed record StoreAnswers(string Schedule) : ScheduleEvent;
}

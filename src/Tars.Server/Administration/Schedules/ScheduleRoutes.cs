using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Application.Schedules;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Routes;
using Tars.Storage.Schedules;

namespace Tars.Server.Administration.Schedules;

/// <summary>What <c>tars schedules list</c> shows.</summary>
internal sealed class ScheduleRoutes(ServerParts parts)
{
    private static readonly ApiParameters Nothing = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.Map(ApiRoutes.GetSchedules, (RequestDelegate)AnswerAsync).Answers<ScheduleList>(Nothing);

    private async Task AnswerAsync(HttpContext context)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        List<ScheduleDocument> schedules = [];
        foreach (ScheduleSettings schedule in ScheduleSettings.Of(parts.Settings))
        {
            IReadOnlyList<ScheduledRun> newest = await parts.Store.Rows.Schedules.ListAsync(new ScheduleFilter { Schedule = schedule.Name, Limit = 1 }, context.RequestAborted).ConfigureAwait(false);
            ScheduledRun? last = newest.Count > 0 ? newest[0] : null;
            schedules.Add(new ScheduleDocument(
                schedule.Name, schedule.TaskName, schedule.Cron, schedule.TimeZone.Id, new PlannedTimes(schedule).After(parts.Time.GetUtcNow()), last?.Planned,
                last is null ? null : last.Outcome?.ToString().ToLowerInvariant() ?? "running", last?.Reason, last?.RunId?.ToString()));
        }

        await Answers.WriteUnkeptAsync(context, new ScheduleList { Schedules = schedules, Count = schedules.Count }, ApiJson.Default.ScheduleList).ConfigureAwait(false);
    }
}

/// <summary>A schedule.</summary>
/// <param name="Schedule">Its name.</param>
/// <param name="Task">What it runs.</param>
/// <param name="Cron">When.</param>
/// <param name="TimeZone">The time zone that cron means.</param>
/// <param name="Next">The next planned instant; null when none comes.</param>
/// <param name="LastPlanned">The planned instant of the last run; null when there was none.</param>
/// <param name="LastOutcome">How that went; running while it goes on.</param>
/// <param name="LastReason">Why it failed; null when it did not.</param>
/// <param name="LastRunId">Its run; null when it published none.</param>
public sealed record ScheduleDocument(
    string Schedule, string Task, string Cron, string TimeZone, DateTimeOffset? Next, DateTimeOffset? LastPlanned, string? LastOutcome, string? LastReason, string? LastRunId);

/// <summary>Schedules.</summary>
public sealed record ScheduleList : ListDocument<ScheduleDocument>
{
    /// <summary>The schedules, in the order of the configuration.</summary>
    public IReadOnlyList<ScheduleDocument> Schedules { get; init; } = [];
}

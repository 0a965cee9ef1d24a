namespace Tars.Observability.Kpis;

/// <summary>A span in which a service was down, derived from requests and errors alone, see <see cref="DowntimeRules"/>.</summary>
/// <param name="Service">The service.</param>
/// <param name="Region">The region that was down while the service as a whole was not, or null for the whole service.</param>
/// <param name="Start">Start of the first step that was down, UTC.</param>
/// <param name="End">End of the last step that was down, UTC.</param>
/// <param name="IsOpenAtEnd">Whether it lasts to the end of the collected data: no recovery was measured.</param>
/// <param name="DownMinutes">Minutes of the steps that were down, at most the distance from start to end.</param>
/// <param name="Requests">Requests in the steps that were down.</param>
/// <param name="Errors">Failed requests in them.</param>
/// <param name="WorstErrorRate">The largest error rate of a step, percent.</param>
public sealed record Incident(
    string Service,
    string? Region,
    DateTimeOffset Start,
    DateTimeOffset End,
    bool IsOpenAtEnd,
    double DownMinutes,
    double Requests,
    double Errors,
    double WorstErrorRate);

/// <summary>
/// When a service counts as down. Nobody announces it: it follows from requests and errors. A step is down when it is measured and not
/// in maintenance, and either at least <see cref="ErrorShare"/> of at least <see cref="MinimumRequests"/> requests failed, or requests
/// came and none succeeded. Down steps at most <see cref="MergeGap"/> apart are one incident; an incident has at least
/// <see cref="MinimumDuration"/> of down steps, or one step where steps are longer; the steps between do not count as downtime. A step
/// without data is never downtime and never uptime.
/// </summary>
public static class DowntimeRules
{
    /// <summary>The share of failed requests from which a step is down: half.</summary>
    public const double ErrorShare = 0.5;

    /// <summary>The number of requests from which that share means something: ten.</summary>
    public const double MinimumRequests = 10;

    /// <summary>Down steps this far apart belong together: five minutes.</summary>
    public static readonly TimeSpan MergeGap = TimeSpan.FromMinutes(5);

    /// <summary>The shortest incident: two minutes.</summary>
    public static readonly TimeSpan MinimumDuration = TimeSpan.FromMinutes(2);

    /// <summary>The rule in words, for reports.</summary>
    public const string Text =
        "down: a measured step outside maintenance in which at least half of ten or more requests failed, or requests came and none succeeded; "
        + "down steps at most five minutes apart are one incident of at least two minutes; time without data is neither down nor up";
}

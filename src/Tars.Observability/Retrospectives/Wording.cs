using System.Globalization;
using Tars.Observability.Anomalies;

namespace Tars.Observability.Retrospectives;

/// <summary>Words for what sentences name.</summary>
internal static class Wording
{
    /// <summary>A number of things: <c>1 gap</c>, <c>2 gaps</c>.</summary>
    public static string Count(int count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {thing}{(count == 1 ? string.Empty : "s")}");

    /// <summary>The shape of an event: <c>level shift</c>.</summary>
    public static string Of(AnomalyKind kind) => kind switch
    {
        AnomalyKind.Spike => "spike",
        AnomalyKind.Drop => "drop",
        AnomalyKind.LevelShift => "level shift",
        AnomalyKind.Drift => "drift",
        AnomalyKind.Flatline => "flatline",
        AnomalyKind.MissingData => "missing data",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A severity: <c>high severity</c>.</summary>
    public static string Of(AnomalySeverity severity) => severity switch
    {
        AnomalySeverity.Low => "low severity",
        AnomalySeverity.Medium => "medium severity",
        AnomalySeverity.High => "high severity",
        AnomalySeverity.Critical => "critical",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Health;

/// <summary>How a day was.</summary>
public enum HealthStatus
{
    /// <summary>Every objective was measured and kept; exactly on the objective is kept.</summary>
    Healthy,

    /// <summary>An objective was missed.</summary>
    Degraded,

    /// <summary>An objective was missed by far: its score is below <see cref="ObjectiveScore.Critical"/>.</summary>
    Critical,

    /// <summary>No objective was missed, and not everything was measured well enough to say that all were kept.</summary>
    Inconclusive,
}

/// <summary>The status that belongs to a verdict and a score.</summary>
internal static class HealthStatuses
{
    /// <summary>A missed objective decides; otherwise what is unknown does.</summary>
    public static HealthStatus Of(Verdict verdict, Figure score) => verdict switch
    {
        Verdict.Pass => HealthStatus.Healthy,
        Verdict.Inconclusive => HealthStatus.Inconclusive,
        _ => score.Value < ObjectiveScore.Critical ? HealthStatus.Critical : HealthStatus.Degraded,
    };
}

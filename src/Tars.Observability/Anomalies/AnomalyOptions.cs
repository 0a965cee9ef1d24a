namespace Tars.Observability.Anomalies;

/// <summary>How to look for anomalies.</summary>
/// <param name="Method">The detector.</param>
/// <param name="FalseDiscoveryRate">Share of reported events that may be chance under the fitted noise, in (0, 1); used by <see cref="AnomalyMethod.Seasonal"/>.</param>
/// <param name="MinimumDuration">Shortest event; never fewer than three steps, so that one noisy scrape is none.</param>
/// <param name="ZThreshold">Standard deviations beyond which a step is unusual, positive; used by the named methods.</param>
/// <param name="EwmaAlpha">Weight of the newest step in the moving average, in (0, 1]; used by <see cref="AnomalyMethod.Ewma"/>.</param>
/// <param name="ZWindow">Steps in the moving window, at least three; used by <see cref="AnomalyMethod.ZScore"/> and for the spread of <see cref="AnomalyMethod.Ewma"/>.</param>
public sealed record AnomalyOptions(
    AnomalyMethod Method,
    double FalseDiscoveryRate,
    TimeSpan MinimumDuration,
    double ZThreshold,
    double EwmaAlpha,
    int ZWindow)
{
    /// <summary>The seasonal detector, a false discovery rate of 1 %, events of at least three minutes; named methods with z 3.0, alpha 0.3, window 48.</summary>
    public static AnomalyOptions Default { get; } = new(AnomalyMethod.Seasonal, 0.01, TimeSpan.FromMinutes(3), 3.0, 0.3, 48);
}

/// <summary>The detectors.</summary>
public enum AnomalyMethod
{
    /// <summary>Robust seasonal baseline, several time scales, evidence-aware: <c>--method default</c>.</summary>
    Seasonal,

    /// <summary>Distance from an exponentially weighted moving average of earlier steps: <c>--method ewma</c>.</summary>
    Ewma,

    /// <summary>Distance from mean and standard deviation of earlier steps: <c>--method zscore</c>.</summary>
    ZScore,
}

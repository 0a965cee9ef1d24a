namespace Tars.Observability.Indicators;

/// <summary>The values of an aggregated gauge, step by step.</summary>
/// <param name="Values">One value per step; NaN where fewer than <see cref="StepPresence.UsableShare"/> of the live series reported.</param>
/// <param name="Presence">How much of each step was measured.</param>
public sealed record GaugeSteps(double[] Values, StepPresence Presence);

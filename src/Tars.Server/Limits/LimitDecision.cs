namespace Tars.Server.Limits;

/// <summary>Whether a request is admitted.</summary>
/// <param name="IsAdmitted">Whether it is; a request that is not is not counted.</param>
/// <param name="Remaining">How many more are admitted at once.</param>
/// <param name="ResetAfter">When the oldest request that is counted no longer is; for a request that is not admitted: when the next one is.</param>
public readonly record struct LimitDecision(bool IsAdmitted, int Remaining, TimeSpan ResetAfter);

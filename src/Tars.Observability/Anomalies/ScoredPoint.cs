namespace Tars.Observability.Anomalies;

/// <summary>A row of a stream and what the rows up to it say about it.</summary>
/// <param name="Time">When.</param>
/// <param name="Value">The value; NaN is missing.</param>
/// <param name="Score">How unusual, in [0, 1]; 0 for a missing value and until there is enough to compare with.</param>
/// <param name="IsAnomaly">Whether the score reaches <see cref="StreamingDetector.AlarmScore"/>.</param>
/// <param name="ExpectedLow">Lower end of the range of the recent level; NaN until there is one.</param>
/// <param name="ExpectedHigh">Upper end of that range. A shape never seen before can be unusual inside it.</param>
public readonly record struct ScoredPoint(
    DateTimeOffset Time, double Value, double Score, bool IsAnomaly, double ExpectedLow, double ExpectedHigh);

using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>One element of an instant query's answer.</summary>
/// <param name="Labels">Its labels; none for a scalar.</param>
/// <param name="Time">The instant, UTC.</param>
/// <param name="Value">The value; NaN and infinities as the backend sent them.</param>
public sealed record InstantSample(LabelSet Labels, DateTimeOffset Time, double Value);

/// <summary>The answer to an instant query.</summary>
/// <param name="Samples">The samples, in the backend's order.</param>
/// <param name="Warnings">Warnings of the backend.</param>
public sealed record InstantAnswer(IReadOnlyList<InstantSample> Samples, IReadOnlyList<string> Warnings);

/// <summary>What the backend says a metric is.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c>, <c>histogram</c>, <c>summary</c>, <c>unknown</c> …; empty when not said.</param>
/// <param name="Help">What it measures; empty when not said.</param>
/// <param name="Unit">Its unit; empty when not said.</param>
public sealed record MetricMetadata(string Metric, string Type, string Help, string Unit);

/// <summary>What the backend says it is.</summary>
/// <param name="Application">Its name where it says one (Mimir does); empty otherwise.</param>
/// <param name="Version">Its version; empty when not said.</param>
/// <param name="Revision">Its source revision; empty when not said.</param>
public sealed record BuildInformation(string Application, string Version, string Revision);

/// <summary>A rule the backend evaluates.</summary>
/// <param name="Group">The group it is in.</param>
/// <param name="Name">The alert's or the recorded metric's name.</param>
/// <param name="Query">The PromQL text.</param>
/// <param name="IsAlert">Whether it is an alerting rule.</param>
/// <param name="Labels">Labels it adds.</param>
/// <param name="Health"><c>ok</c>, <c>err</c> or <c>unknown</c>; empty when not said.</param>
public sealed record BackendRule(string Group, string Name, string Query, bool IsAlert, LabelSet Labels, string Health);

/// <summary>An alert that is pending or firing now.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="State"><c>pending</c> or <c>firing</c>.</param>
/// <param name="ActiveAt">Since when, UTC; null when not said.</param>
public sealed record ActiveAlert(LabelSet Labels, string State, DateTimeOffset? ActiveAt);

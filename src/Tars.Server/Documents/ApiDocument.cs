using System.Text.Json.Serialization;

namespace Tars.Server.Documents;

/// <summary>What every document of the API has.</summary>
public abstract record ApiDocument
{
    /// <summary>When what is answered was kept: the newest report that it is made of. Null when there is none.</summary>
    public DateTimeOffset? GeneratedAt { get; init; }

    /// <summary>The version of the API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ApiVersion { get; init; } = "1.0";

    /// <summary>The request's id, as in the header X-Request-Id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RequestId { get; init; }
}

/// <summary>One page of a list.</summary>
/// <typeparam name="T">An item.</typeparam>
public abstract record ListDocument<T> : ApiDocument
{
    /// <summary>How many items are on this page.</summary>
    public int Count { get; init; }

    /// <summary>The parameter cursor of the next page; null at the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>What is known of one figure, under the same name as the figure itself.</summary>
/// <param name="State">measured, no_data or query_failed</param>
/// <param name="Coverage">The share of time steps that held real samples, 0 to 1; null when nothing was measured.</param>
/// <param name="Reason">Why there is no number; null when there is one.</param>
/// <param name="Unit">The unit; empty for counts.</param>
public sealed record MeasurementState(
    string State,
    double? Coverage,
    string? Reason,
    string Unit)
{
    /// <summary>The word of a measured figure.</summary>
    public const string Measured = "measured";

    /// <summary>The word of a figure without data.</summary>
    public const string NoData = "no_data";

    /// <summary>Nothing is there, for a reason.</summary>
    public static MeasurementState None(string reason, string unit = "") => new(NoData, null, reason, unit);
}

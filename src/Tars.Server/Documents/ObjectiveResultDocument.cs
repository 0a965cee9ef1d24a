using System.Text.Json;
using Tars.Storage.Reports;

namespace Tars.Server.Documents;

/// <summary>How one objective was kept.</summary>
/// <param name="Service">The service.</param>
/// <param name="Objective">The objective's name.</param>
/// <param name="What">What is measured.</param>
/// <param name="Value">What was measured; null when nothing was.</param>
/// <param name="Threshold">What was promised, in the same unit.</param>
/// <param name="AtLeast">Whether the value must be at least the threshold; else at most.</param>
/// <param name="Verdict">pass, fail or inconclusive</param>
/// <param name="Reason">Why it is not pass.</param>
/// <param name="Measurement">What became of value.</param>
public sealed record ObjectiveResultDocument(
    string? Service,
    string? Objective,
    string? What,
    double? Value,
    double? Threshold,
    bool AtLeast,
    string? Verdict,
    string? Reason,
    MeasurementState Measurement)
{
    /// <summary>The metric under which the store keeps objectives.</summary>
    public const string Metric = "objective";

    /// <summary>The objectives of a report.</summary>
    internal static IReadOnlyList<ObjectiveResultDocument> Of(IEnumerable<StoredFigure> figures) => [.. figures.Where(figure => figure.Metric == Metric).Select(Of)];

    private static ObjectiveResultDocument Of(StoredFigure figure)
    {
        using JsonDocument labels = JsonDocument.Parse(figure.Labels);
        return new ObjectiveResultDocument(
            figure.Service,
            labels.RootElement.TryGetProperty("objective", out JsonElement name) ? name.GetString() : null,
            labels.RootElement.TryGetProperty("what", out JsonElement what) ? what.GetString() : null,
            figure.Measurement is Storage.Reports.Measurement.Measured measured ? measured.Value : null,
            labels.RootElement.TryGetProperty("threshold", out JsonElement threshold) ? threshold.GetDouble() : null,
            !labels.RootElement.TryGetProperty("at_least", out JsonElement least) || least.GetBoolean(),
            Words.Of(figure.Judgement),
            figure.Judgement?.Reason,
            FigureReading.StateOf(figure));
    }
}

/// <summary>Words of the store in documents.</summary>
internal static class Words
{
    /// <summary>The word of a verdict; null when there is none.</summary>
    public static string? Of(Judgement? judgement) => judgement?.Outcome.ToString().ToLowerInvariant();

    /// <summary>The word of a severity.</summary>
    public static string Of(Storage.Findings.FindingSeverity severity) => severity.ToString().ToLowerInvariant();

    /// <summary>A word of a report's JSON under a name; null when it has none.</summary>
    public static string? Text(string json, string name)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}

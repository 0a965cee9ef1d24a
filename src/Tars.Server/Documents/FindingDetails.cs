using System.Text.Json;

namespace Tars.Server.Documents;

/// <summary>Reads the details of findings.</summary>
internal static class FindingDetails
{
    /// <summary>A number under a name; null when there is none.</summary>
    public static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>A text under a name; null when there is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What became of a number: a finding has no coverage of its own.</summary>
    public static MeasurementState State(double? number, string unit, string reason) =>
        number is null ? MeasurementState.None(reason, unit) : new MeasurementState(MeasurementState.Measured, null, null, unit);
}

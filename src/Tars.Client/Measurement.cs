using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>What became of a figure: it was measured, or it was not, for a reason. There is no number where nothing was measured, and no zero stands for one.</summary>
public abstract record Measurement
{
    private const string NothingSaid = "the server said nothing of it";

    private Measurement()
    {
    }

    /// <summary>The unit, such as <c>%</c> or <c>ms</c>; empty for counts, and where the server told none.</summary>
    public string Unit { get; private init; } = string.Empty;

    /// <summary>It was measured.</summary>
    /// <param name="Value">The number, in the unit.</param>
    /// <param name="Coverage">The share of time steps that held real samples, 0 to 1; null where that has no meaning.</param>
    public sealed record Measured(double Value, double? Coverage) : Measurement;

    /// <summary>There was nothing to measure.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record NoData(string Reason) : Measurement;

    /// <summary>The backend could not be asked.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record QueryFailed(string Reason) : Measurement;

    /// <summary>The number; null where nothing was measured.</summary>
    public double? ValueOrNull => this is Measured measured ? measured.Value : null;

    internal static Measurement Of(IReadOnlyDictionary<string, FigureState>? states, string name, double? number) => Of(states?.GetValueOrDefault(name), number);

    internal static Measurement Of(FigureState? state, double? number) => (state, number) switch
    {
        ({ State: "query_failed" }, _) => new QueryFailed(state.Reason ?? NothingSaid) { Unit = state.Unit ?? string.Empty },
        (_, { } value) => new Measured(value, state?.Coverage) { Unit = state?.Unit ?? string.Empty },
        _ => new NoData(state?.Reason ?? NothingSaid) { Unit = state?.Unit ?? string.Empty },
    };
}

/// <summary>What a document says of a figure beside its number.</summary>
internal sealed record FigureState
{
    [JsonPropertyName("state")]
    public string? State { get; set; }

    [JsonPropertyName("coverage")]
    public double? Coverage { get; set; }

    [JsonPropertyName("reason")]
    public string? Reason { get; set; }

    [JsonPropertyName("unit")]
    public string? Unit { get; set; }
}

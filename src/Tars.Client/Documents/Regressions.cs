using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>Something that became worse.</summary>
public sealed record Regression
{
    /// <summary>Its number in the store.</summary>
    public long Id { get; init; }

    /// <summary>Since when it is worse.</summary>
    public DateTimeOffset DetectedAt { get; init; }

    /// <summary>The figure.</summary>
    public string Metric { get => field ?? string.Empty; init; }

    /// <summary>The service.</summary>
    public string Service { get => field ?? string.Empty; init; }

    /// <summary>The region that was compared; null for all.</summary>
    public string? Region { get; init; }

    /// <summary>The value before.</summary>
    [JsonIgnore]
    public Measurement BaselineValue => Measurement.Of(States, "baseline_value", BaselineValueNumber);

    [JsonInclude, JsonPropertyName("baseline_value")]
    internal double? BaselineValueNumber { get; set; }

    /// <summary>The value after.</summary>
    [JsonIgnore]
    public Measurement CurrentValue => Measurement.Of(States, "current_value", CurrentValueNumber);

    [JsonInclude, JsonPropertyName("current_value")]
    internal double? CurrentValueNumber { get; set; }

    /// <summary>How much worse, percent of the value before; null where a share of it means nothing.</summary>
    public double? DegradationPercent { get; init; }

    /// <summary>The change, in the unit of the values.</summary>
    public double? Change { get; init; }

    /// <summary>The lower end of the change's interval.</summary>
    public double? ChangeLow { get; init; }

    /// <summary>The upper end of the change's interval.</summary>
    public double? ChangeHigh { get; init; }

    /// <summary>The p-value of no change, adjusted for how much was compared.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Severity { get => field ?? string.Empty; init; }

    /// <summary>One line for a person.</summary>
    public string Description { get => field ?? string.Empty; init; }

    /// <summary>The deployment with which it coincides: an association in time, not proof.</summary>
    public string? RootCause { get; init; }

    /// <summary>The version that was deployed then; null where no deployment is known.</summary>
    public string? Version { get; init; }

    /// <summary>The version before; null where it is not known.</summary>
    public string? PreviousVersion { get; init; }

    /// <summary>Whether somebody has dealt with it.</summary>
    public bool Mitigated { get; init; }

    /// <summary>When somebody has dealt with it; null while it is open.</summary>
    public DateTimeOffset? MitigatedAt { get; init; }

    /// <summary>The day since which it is worse.</summary>
    public DateOnly Date { get; init; }

    /// <summary>The number of the report that tells it.</summary>
    public long ReportId { get; init; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

/// <summary>Regressions, each as it was told last.</summary>
public sealed record RegressionPage : TarsPage<Regression>
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Regression> Items => Listed ?? [];

    [JsonInclude, JsonPropertyName("regressions")]
    internal List<Regression>? Listed { get; set; }

    /// <summary>How many fit, on all pages.</summary>
    public long TotalRegressions { get; init; }

    /// <summary>How many of them nobody has dealt with.</summary>
    public long ActiveRegressions { get; init; }

    /// <summary>How many of them are critical.</summary>
    public long CriticalRegressions { get; init; }

    /// <summary>How many of them are high.</summary>
    public long HighRegressions { get; init; }

    /// <summary>Why nothing can be said, where no report looked; null where one did: only then does an empty list say that there was nothing.</summary>
    [JsonIgnore]
    public string? NotExamined => States?.GetValueOrDefault("regressions") is { State: not "measured" } state ? state.Reason ?? "no report looked" : null;

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

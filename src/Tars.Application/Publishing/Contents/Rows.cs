using System.Text.Json.Nodes;
using Tars.Observability.Anomalies;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;
using Tars.Storage;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>Words of an analysis as those of the store. Nothing becomes a number that was none, and no number becomes another one.</summary>
internal static class Rows
{
    /// <summary>Stands for a service or a figure where an analysis speaks of all of them: the word that events of all figures have.</summary>
    public const string All = AnomalyEvent.AllMetrics;

    /// <summary>A figure; a number that is infinite is none that can be kept, and says so.</summary>
    public static Measurement Of(Figure figure) => figure switch
    {
        Figure.Measured measured when !double.IsFinite(measured.Number) => new Measurement.NoData("the value is not finite"),
        Figure.Measured measured => new Measurement.Measured(measured.Number, measured.Coverage.Value),
        Figure.NoData none => new Measurement.NoData(Text(none.Reason)),
        Figure.QueryFailed failed => new Measurement.QueryFailed(Text(failed.Reason)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A verdict.</summary>
    public static Judgement Of(Verdict verdict) => verdict switch
    {
        Verdict.Pass => Judgement.Pass,
        Verdict.Fail fail => Judgement.Fail(Text(fail.Reason)),
        Verdict.Inconclusive inconclusive => Judgement.Inconclusive(Text(inconclusive.Reason)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The severity of an event.</summary>
    public static FindingSeverity Of(AnomalySeverity severity) => severity switch
    {
        AnomalySeverity.Low => FindingSeverity.Low,
        AnomalySeverity.Medium => FindingSeverity.Medium,
        AnomalySeverity.High => FindingSeverity.High,
        AnomalySeverity.Critical => FindingSeverity.Critical,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The severity of a regression.</summary>
    public static FindingSeverity Of(RegressionSeverity severity) => severity switch
    {
        RegressionSeverity.Low => FindingSeverity.Low,
        RegressionSeverity.Medium => FindingSeverity.Medium,
        RegressionSeverity.High => FindingSeverity.High,
        RegressionSeverity.Critical => FindingSeverity.Critical,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A window.</summary>
    public static StoredWindow Of(TimeWindow window) => new(window.From, window.To);

    /// <summary>The calendar day of an instant.</summary>
    public static DateOnly DayOf(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The day a window is filed under: that of its last instant.</summary>
    public static DateOnly DayOf(TimeWindow window, TimeZoneInfo zone) => DayOf(window.To.AddTicks(-1), zone);

    /// <summary>The number, if it is finite.</summary>
    public static double? Finite(double? number) => number is { } value && double.IsFinite(value) ? value : null;

    /// <summary>
    /// A text that every database holds. Labels and messages of a backend may hold U+0000 or half a surrogate pair; U+FFFD stands for them. What is
    /// empty and must not be is written out.
    /// </summary>
    public static string Text(string text)
    {
        if (text.Length == 0)
        {
            return "(nothing was said)";
        }

        if (!text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        return string.Concat(text.EnumerateRunes()).Replace('\0', '\ufffd');
    }

    /// <summary>Enumerations of an analysis as words: <c>LevelShift</c> is <c>level_shift</c>.</summary>
    public static string Word(Enum value) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>A JSON object of what is known: what is null is left out.</summary>
    public static string Json(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        JsonObject all = [];
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is not null)
            {
                all[name] = value;
            }
        }

        return all.ToJsonString();
    }

    /// <summary>Texts as a JSON array; null when there are none.</summary>
    public static JsonArray? Array(IEnumerable<string> texts) => texts.Select(text => (JsonNode?)Text(text)).ToArray() is { Length: > 0 } nodes ? new JsonArray(nodes) : null;

    /// <summary>A finite number as JSON; null for anything else.</summary>
    public static JsonNode? Number(double? number) => Finite(number) is { } value ? JsonValue.Create(value) : null;

    /// <summary>A text as JSON; null for none.</summary>
    public static JsonNode? Word(string? text) => text is null ? null : JsonValue.Create(Text(text));

    /// <summary>An instant as JSON.</summary>
    public static JsonNode? Instant(DateTimeOffset? instant) => instant is { } value ? JsonValue.Create(Instants.Format(value)) : null;
}

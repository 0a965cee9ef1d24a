using System.Diagnostics;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Reports.Formats;

/// <summary>How files spell the state of a figure.</summary>
internal static class States
{
    /// <summary><c>measured</c>, <c>no_data</c> or <c>query_failed</c>.</summary>
    public static string Of(Figure figure) => figure switch
    {
        // An infinite number is no measurement that a file could hold.
        Figure.Measured { Number: var number } => double.IsFinite(number) ? "measured" : "no_data",
        Figure.NoData => "no_data",
        Figure.QueryFailed => "query_failed",
        _ => throw new UnreachableException(),
    };

    /// <summary>The same for a query.</summary>
    public static string Of(ReadState state) => state switch
    {
        ReadState.Answered => "measured",
        ReadState.Empty => "no_data",
        ReadState.Failed => "query_failed",
        _ => throw new UnreachableException(),
    };

    /// <summary>Coverage in [0, 1]; null when nothing was measured.</summary>
    public static double? CoverageOf(Figure figure) => figure is Figure.Measured measured && double.IsFinite(measured.Number) ? measured.Coverage.Value : null;

    /// <summary>Why there is no number; null when there is one.</summary>
    public static string? ReasonOf(Figure figure) => figure switch
    {
        Figure.Measured { Number: var number } => double.IsFinite(number) ? null : "the number is not finite",
        Figure.NoData none => none.Reason,
        Figure.QueryFailed failed => failed.Reason,
        _ => throw new UnreachableException(),
    };

    /// <summary>The same for a query.</summary>
    public static string? ReasonOf(ReadState state) => state switch
    {
        ReadState.Answered => null,
        ReadState.Empty empty => empty.Reason,
        ReadState.Failed failed => failed.Reason,
        _ => throw new UnreachableException(),
    };

    /// <summary>How files spell a case of an enumeration: <c>LevelShift</c> → <c>level_shift</c>.</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The same for people: <c>LevelShift</c> → <c>level shift</c>.</summary>
    public static string Words<TEnum>(TEnum value)
        where TEnum : struct, Enum => Of(value).Replace('_', ' ');
}

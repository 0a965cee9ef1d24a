using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary>Stored reports as JSON and in words; docs/formats/store-commands.md describes it.</summary>
internal static class ReportJson
{
    /// <summary>A report without what is in it.</summary>
    public static JsonObject Of(StoredReport report) => new()
    {
        ["report"] = report.Id,
        ["kind"] = report.Kind,
        ["name"] = report.Name,
        ["service"] = report.Service,
        ["date"] = Day(report.Date),
        ["window"] = new JsonObject { ["from"] = Instant(report.Window.From), ["to"] = Instant(report.Window.To) },
        ["verdict"] = VerdictOf(report.Judgement),
        ["verdict_reason"] = report.Judgement?.Reason,
        ["signed"] = report.EnvelopeDigest is not null,
        ["envelope_sha256"] = report.EnvelopeDigest,
        ["run_id"] = report.RunId.ToString(),
        ["figures"] = report.FigureCount,
        ["findings"] = report.FindingCount,
        ["created"] = Instant(report.Created),
    };

    /// <summary>A file.</summary>
    public static JsonObject Of(Rendering file) => new()
    {
        ["format"] = file.Format,
        ["name"] = file.FileName,
        ["size"] = file.Blob.Size,
        ["sha256"] = file.PlainDigest,
        ["sealed_sha256"] = file.SealedDigest,
    };

    /// <summary>A figure.</summary>
    public static JsonObject Of(StoredFigure figure)
    {
        (string state, double? value, double? coverage, string? reason) = Parts(figure.Measurement);
        return new JsonObject
        {
            ["service"] = figure.Service,
            ["region"] = figure.Region,
            ["metric"] = figure.Metric,
            ["unit"] = figure.Unit,
            ["labels"] = JsonNode.Parse(figure.Labels),
            ["value"] = value,
            ["state"] = state,
            ["coverage"] = coverage,
            ["reason"] = reason,
            ["verdict"] = VerdictOf(figure.Judgement),
            ["verdict_reason"] = figure.Judgement?.Reason,
        };
    }

    /// <summary>A finding.</summary>
    public static JsonObject Of(Finding finding)
    {
        NewFinding found = finding.Found;
        return new JsonObject
        {
            ["finding"] = finding.Id,
            ["kind"] = found.Kind,
            ["service"] = found.Service,
            ["metric"] = found.Metric,
            ["severity"] = Lower(found.Severity),
            ["date"] = Day(found.Date),
            ["started"] = Instant(found.Started),
            ["ended"] = found.Ended is { } ended ? Instant(ended) : null,
            ["score"] = found.Score,
            ["effect"] = found.Effect,
            ["p_value"] = found.PValue,
            ["summary"] = found.Summary,
            ["details"] = JsonNode.Parse(found.Details),
            ["resolved"] = finding.Resolution is { } resolution ? Instant(resolution.At) : null,
        };
    }

    /// <summary>State, value, coverage and reason of a measurement.</summary>
    public static (string State, double? Value, double? Coverage, string? Reason) Parts(Measurement measurement) => measurement switch
    {
        Measurement.Measured measured => ("measured", measured.Value, measured.Coverage, null),
        Measurement.NoData none => ("no_data", null, null, none.Reason),
        Measurement.QueryFailed failed => ("query_failed", null, null, failed.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A verdict as a word; null for none.</summary>
    public static string? VerdictOf(Judgement? judgement) => judgement is null ? null : Lower(judgement.Outcome);

    /// <summary>A value of an enumeration in lower case.</summary>
    public static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>A day.</summary>
    public static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>An instant, to the second.</summary>
    public static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

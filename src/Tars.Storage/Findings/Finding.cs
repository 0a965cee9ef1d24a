using Tars.Storage.Reports;

namespace Tars.Storage.Findings;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Told, without asking for anything.</summary>
    Info,

    /// <summary>Worth knowing.</summary>
    Low,

    /// <summary>Worth a look in working hours.</summary>
    Medium,

    /// <summary>Users most likely notice.</summary>
    High,

    /// <summary>Users certainly notice, or nothing is known any more.</summary>
    Critical,
}

/// <summary>Something a report found, to be kept.</summary>
/// <param name="Kind">What it is, a lower-case word: <c>anomaly</c>, <c>regression</c>, <c>stability</c>, <c>budget</c> …</param>
/// <param name="Service">The service.</param>
/// <param name="Metric">The figure.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Date">The day it is filed under, in the configured time zone.</param>
/// <param name="Started">When it began, UTC.</param>
/// <param name="Summary">One line for a person.</param>
public sealed record NewFinding(string Kind, string Service, string Metric, FindingSeverity Severity, DateOnly Date, DateTimeOffset Started, string Summary)
{
    /// <summary>When it ended, exclusive; null while it lasts.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How unusual, in the unit of its method; null where the method has none.</summary>
    public double? Score { get; init; }

    /// <summary>The size of the change, in the unit of its method; null where there is none.</summary>
    public double? Effect { get; init; }

    /// <summary>The p-value, 0 to 1; null where there is no test.</summary>
    public double? PValue { get; init; }

    /// <summary>Everything else, a JSON object. Default <c>{}</c>.</summary>
    public string Details { get; init; } = "{}";

    internal void Require()
    {
        ReportContent.RequireWord(Kind, "kind");
        ArgumentException.ThrowIfNullOrEmpty(Service);
        ArgumentException.ThrowIfNullOrEmpty(Metric);
        if (Ended < Started)
        {
            throw new ArgumentException($"the finding of {Service} {Metric} ends before it starts");
        }

        if (Score is { } score && !double.IsFinite(score) || Effect is { } effect && !double.IsFinite(effect) || PValue is { } p && !(p is >= 0 and <= 1))
        {
            throw new ArgumentException($"the finding of {Service} {Metric} has a number that is none: scores and effects are finite, p-values in [0, 1]");
        }
    }
}

/// <summary>That a person has dealt with a finding.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="By">The subject id of the person.</param>
/// <param name="Note">What was done; null when nothing was noted.</param>
public sealed record Resolution(DateTimeOffset At, string By, string? Note);

/// <summary>A finding as it was kept.</summary>
/// <param name="Id">Its number in the store.</param>
/// <param name="ReportId">Its report.</param>
/// <param name="Ordinal">Its place in the report, from 0.</param>
/// <param name="Found">What was found.</param>
/// <param name="Resolution">Who dealt with it; null while it is open.</param>
public sealed record Finding(long Id, long ReportId, int Ordinal, NewFinding Found, Resolution? Resolution);

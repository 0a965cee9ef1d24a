using System.Globalization;
using Tars.Client.Requests;

namespace Tars.Client;

/// <summary>Which days are asked for.</summary>
public sealed record DailyQuery
{
    /// <summary>The first day; null for the earliest.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day; null for the latest.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Only days with this verdict: <c>pass</c>, <c>fail</c> or <c>inconclusive</c>; null for all.</summary>
    public string? Verdict { get; init; }

    /// <summary>Whether the oldest comes first, in place of the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>How many are asked for at once; null for what the server gives.</summary>
    public int? PageSize { get; init; }

    internal string ToPath(string? cursor) => new QueryText("api/daily")
        .Add("limit", PageSize?.ToString(CultureInfo.InvariantCulture)).Add("cursor", cursor)
        .Add("from", From is { } from ? QueryText.Of(from) : null).Add("to", To is { } to ? QueryText.Of(to) : null)
        .Add("verdict", Verdict).Add("sort", OldestFirst ? "date" : null).ToString();
}

/// <summary>Which anomalies or regressions are asked for.</summary>
public sealed record FindingQuery
{
    /// <summary>Only those that are filed under this day; null for all. Not with <see cref="From"/> and <see cref="To"/>.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>Only those that are filed under this day or a later one.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Only those that are filed under this day or an earlier one.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Only of these severities: <c>info</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>critical</c>; empty for all.</summary>
    public IReadOnlyList<string> Severities { get; init; } = [];

    /// <summary>Only of these services; empty for all.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Only of these figures; empty for all.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Only those that somebody has dealt with, or only those that are open; null for both.</summary>
    public bool? IsDealtWith { get; init; }

    /// <summary>Whether the oldest comes first, in place of the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>How many are asked for at once; null for what the server gives.</summary>
    public int? PageSize { get; init; }

    internal string ToPath(string path, string dealtWith, string? cursor) => new QueryText(Date is { } date ? $"{path}/{QueryText.Of(date)}" : path)
        .Add("limit", PageSize?.ToString(CultureInfo.InvariantCulture)).Add("cursor", cursor)
        .Add("severity", string.Join(',', Severities)).Add("service", string.Join(',', Services)).Add("metric", string.Join(',', Metrics))
        .Add(dealtWith, IsDealtWith switch { true => "true", false => "false", null => null })
        .Add("from", From is { } from ? QueryText.Of(from) : null).Add("to", To is { } to ? QueryText.Of(to) : null)
        .Add("sort", OldestFirst ? "started" : null).ToString();
}

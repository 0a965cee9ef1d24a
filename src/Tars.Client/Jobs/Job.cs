namespace Tars.Client;

/// <summary>Work that goes on after its request was answered.</summary>
public sealed record Job : TarsDocument
{
    /// <summary>Its id.</summary>
    public string JobId { get => field ?? string.Empty; init; }

    /// <summary>What is done, such as <c>retrospective</c>.</summary>
    public string Kind { get => field ?? string.Empty; init; }

    /// <summary><c>waiting</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</summary>
    public string Status { get => field ?? string.Empty; init; }

    /// <summary>How far the newest run is; null before it began.</summary>
    public string? Stage { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the last attempt failed; null where none did.</summary>
    public string? Error { get; init; }

    /// <summary>The run, in the audit log and the store; null before it began.</summary>
    public string? RunId { get; init; }

    /// <summary>The report that it made; null before.</summary>
    public long? ReportId { get; init; }

    /// <summary>The addresses of the files; empty before.</summary>
    public IReadOnlyList<string> Files { get => field ?? []; init; }
}

/// <summary>A retrospective that is asked for.</summary>
public sealed record RetrospectiveOrder
{
    /// <summary>The length of the period in days, up to now, 1 to 90; null for 7, or with <see cref="From"/> and <see cref="To"/>.</summary>
    public int? Days { get; init; }

    /// <summary>Begin of the period, included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the period, excluded.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The formats that are wanted: <c>json</c>, <c>markdown</c>, <c>html</c>; null for all.</summary>
    public IReadOnlyList<string>? Formats { get; init; }

    /// <summary>Whether it is signed; null for what the server's configuration says.</summary>
    public bool? Sign { get; init; }

    /// <summary>Whether it is encrypted; null for what the server's configuration says.</summary>
    public bool? Encrypt { get; init; }
}

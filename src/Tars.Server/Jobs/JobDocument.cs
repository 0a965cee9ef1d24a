using Tars.Server.Documents;

namespace Tars.Server.Jobs;

/// <summary>Work that goes on after its request was answered.</summary>
public sealed record JobDocument : ApiDocument
{
    /// <summary>Its id.</summary>
    public required string JobId { get; init; }

    /// <summary>What is done, such as retrospective.</summary>
    public required string Kind { get; init; }

    /// <summary>waiting, running, done or failed.</summary>
    public required string Status { get; init; }

    /// <summary>How far the newest run is: intended, sealed, stored, completed or abandoned; null before it began.</summary>
    public string? Stage { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the last attempt failed; null when none did.</summary>
    public string? Error { get; init; }

    /// <summary>The run, in the audit log and the store; null before it began.</summary>
    public string? RunId { get; init; }

    /// <summary>The report that it made; null before.</summary>
    public long? ReportId { get; init; }

    /// <summary>The addresses of the files in the formats that were asked for; empty before.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The job's own address.</summary>
    public required string Self { get; init; }

    /// <summary>The address of its events.</summary>
    public required string Events { get; init; }
}

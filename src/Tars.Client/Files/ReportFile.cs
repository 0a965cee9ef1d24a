namespace Tars.Client;

/// <summary>A file of a report.</summary>
public sealed record ReportFile
{
    /// <summary>Its name.</summary>
    public string Filename { get => field ?? string.Empty; init; }

    /// <summary><c>json</c>, <c>markdown</c>, <c>html</c>, <c>csv</c>, <c>pdf</c>, <c>envelope</c> or <c>timestamp</c>.</summary>
    public string Format { get => field ?? string.Empty; init; }

    /// <summary>The media type of the download.</summary>
    public string MediaType { get => field ?? string.Empty; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>SHA-256 of its bytes as they are downloaded, 64 hexadecimal digits.</summary>
    public string Sha256 { get => field ?? string.Empty; init; }

    /// <summary>Whether it is encrypted.</summary>
    public bool Encrypted { get; init; }

    /// <summary>The number of its report.</summary>
    public long ReportId { get; init; }

    /// <summary>Begin of the report's window.</summary>
    public DateTimeOffset PeriodStart { get; init; }

    /// <summary>End of the report's window.</summary>
    public DateTimeOffset PeriodEnd { get; init; }

    /// <summary>When the report was kept.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Files as they are sent.</summary>
internal sealed record FileDocuments
{
    public List<ReportFile>? Files { get; set; }
}

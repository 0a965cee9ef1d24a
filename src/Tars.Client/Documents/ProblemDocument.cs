namespace Tars.Client.Documents;

/// <summary>A problem document as it is sent.</summary>
internal sealed record ProblemDocument
{
    public string? Title { get; set; }

    public string? Detail { get; set; }

    public string? ErrorCode { get; set; }

    public string? RequestId { get; set; }

    public Dictionary<string, string[]>? Errors { get; set; }
}

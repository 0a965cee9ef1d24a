using System.Text.Json.Serialization;
using Tars.Server.Documents;

namespace Tars.Server.Health;

/// <summary>Whether the server works.</summary>
public sealed record HealthDocument : ApiDocument
{
    /// <summary>healthy or unhealthy</summary>
    public required string Status { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The server's time.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>What the server depends on, and whether it can be used; only told to those who show a credential.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Services { get; init; }
}

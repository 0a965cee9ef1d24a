using System.ComponentModel;
using System.Text.Json.Serialization;
using Tars.Server.Documents;

namespace Tars.Server.Health;

/// <summary>Whether the server works.</summary>
public sealed record HealthDocument : ApiDocument
{
    /// <summary>healthy or unhealthy.</summary>
    [Description("healthy or unhealthy")]
    public required string Status { get; init; }

    /// <summary>The program's version.</summary>
    [Description("The program's version.")]
    public required string Version { get; init; }

    /// <summary>Now.</summary>
    [Description("The server's time.")]
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>What the server depends on; only told to those who show a credential.</summary>
    [Description("What the server depends on, and whether it can be used; only told to those who show a credential.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Services { get; init; }
}

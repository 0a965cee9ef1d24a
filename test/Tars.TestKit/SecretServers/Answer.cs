using System.Text;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers;

/// <summary>What a server answers, before a fault has its way with it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body; may be empty.</param>
/// <param name="ContentType">Media type; null leaves the header out.</param>
public sealed record Answer(int Status, ReadOnlyMemory<byte> Body, string? ContentType)
{
    /// <summary>Headers besides length and type.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>A JSON body.</summary>
    public static Answer Json(int status, JsonNode body, string contentType = "application/json") =>
        new(status, Encoding.UTF8.GetBytes(body.ToJsonString()), contentType);

    /// <summary>A body of plain text.</summary>
    public static Answer Text(int status, string body, string contentType = "text/plain") => new(status, Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>No body.</summary>
    public static Answer Empty(int status) => new(status, ReadOnlyMemory<byte>.Empty, null);

    /// <summary>The same answer with one header more.</summary>
    public Answer With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };
}

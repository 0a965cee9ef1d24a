using System.Text.Json.Nodes;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary>What the JSON of encrypt, decrypt and rewrap has in common.</summary>
internal static class SealedJson
{
    /// <summary>A key as JSON.</summary>
    public static JsonObject Key(KeyVersion name) => new() { ["key_id"] = name.KeyId, ["version"] = name.Version };

    /// <summary>Keys as a JSON list.</summary>
    public static JsonArray Recipients(IEnumerable<KeyVersion> names) => [.. names.Select(name => (JsonNode)Key(name))];
}

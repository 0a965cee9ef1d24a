using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tars.Application.Sharding;

/// <summary>What a shard holds: <c>shard.json</c>, described in docs/formats/shard.md and schemas/shard.schema.json.</summary>
/// <param name="FormatVersion">Version of the format, <see cref="CurrentFormat"/>.</param>
/// <param name="CreatedBy">The program that made it, with its version.</param>
/// <param name="Command">The report it is a part of, for example <c>retro</c>.</param>
/// <param name="Shard">Which part, from 0 on.</param>
/// <param name="Of">How many parts there are.</param>
/// <param name="MethodVersion">Version of the formulas.</param>
/// <param name="ConfigurationSha256">See <see cref="ShapingSettings"/>.</param>
/// <param name="From">Start of the window, UTC.</param>
/// <param name="To">End of the window (exclusive), UTC.</param>
/// <param name="SeriesFrom">Start of what was read: the window with the history before it, the lead-in of counters left out.</param>
/// <param name="StepMilliseconds">Length of a step.</param>
/// <param name="Options">The report's own options as they were written, by name.</param>
/// <param name="Fleet">Every service of all parts, in configuration order.</param>
/// <param name="Services">The services of this part, in configuration order; empty where there are more parts than services.</param>
/// <param name="Captures">What was read, a capture for each backend.</param>
public sealed record ShardManifest(
    int FormatVersion,
    string CreatedBy,
    string Command,
    int Shard,
    int Of,
    string MethodVersion,
    string ConfigurationSha256,
    DateTimeOffset From,
    DateTimeOffset To,
    DateTimeOffset SeriesFrom,
    long StepMilliseconds,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Options,
    IReadOnlyList<string> Fleet,
    IReadOnlyList<string> Services,
    IReadOnlyList<ShardCapture> Captures)
{
    /// <summary>The format this version writes, and the only one it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The file's name.</summary>
    public const string FileName = "shard.json";

    /// <summary>The JSON text, indented, UTF-8, ended by a line feed.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ShardJson.Indented.ShardManifest), (byte)'\n'];

    /// <summary>Reads the JSON text.</summary>
    /// <exception cref="InvalidDataException">Not a manifest of this format; the message says where or why.</exception>
    public static ShardManifest FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            ShardManifest manifest = JsonSerializer.Deserialize(json, ShardJson.Default.ShardManifest) ?? throw new InvalidDataException("it is null");
            return manifest.FormatVersion != CurrentFormat ? throw new InvalidDataException($"its format version is {manifest.FormatVersion}; this version of T.A.R.S. reads {CurrentFormat}")
                : manifest.Of is < 1 or > Sharding.Shard.Most || manifest.Shard < 0 || manifest.Shard >= manifest.Of ? throw new InvalidDataException($"there is no shard {manifest.Shard} of {manifest.Of}")
                : manifest.To <= manifest.From || manifest.SeriesFrom > manifest.From || manifest.StepMilliseconds <= 0 ? throw new InvalidDataException("its window or its step is none")
                : manifest;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"line {exception.LineNumber + 1}: {exception.Message}", exception);
        }
    }
}

/// <summary>What one backend answered for a shard: the capture in the folder of its name.</summary>
/// <param name="Backend">The backend's name in the configuration.</param>
/// <param name="Services">The services read from it.</param>
/// <param name="Alerts">Whether the alerts of the backend are in it: in one shard alone, that of its first service by name.</param>
public sealed record ShardCapture(string Backend, IReadOnlyList<string> Services, bool Alerts);

/// <summary>JSON of shards.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ShardManifest))]
internal sealed partial class ShardJson : JsonSerializerContext
{
    /// <summary>For files that people read.</summary>
    public static ShardJson Indented { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the file is no HTML
    });
}

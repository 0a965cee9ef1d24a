using System.Text.Json;
using System.Text.Json.Serialization;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>What a capture holds: <c>manifest.json</c>, described in docs/formats/capture.md and schemas/capture-manifest.schema.json.</summary>
/// <param name="FormatVersion">Version of the format, <see cref="CurrentFormat"/>.</param>
/// <param name="CreatedBy">The program that made it, with its version.</param>
/// <param name="Source">What answered the queries.</param>
/// <param name="Grid">The instants of every answer.</param>
/// <param name="Queries">The queries with their answers, sorted by text (ordinal), texts unique.</param>
public sealed record CaptureManifest(int FormatVersion, string CreatedBy, CapturedSource Source, CapturedGrid Grid, IReadOnlyList<CapturedQuery> Queries)
{
    /// <summary>The format this version writes, and the only one it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The JSON text, indented, UTF-8, ended by a line feed.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, CaptureJson.Indented.CaptureManifest), (byte)'\n'];

    /// <summary>Reads the JSON text.</summary>
    /// <exception cref="InvalidDataException">Not a manifest of this format; the message says where or why.</exception>
    public static CaptureManifest FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            CaptureManifest manifest = JsonSerializer.Deserialize(json, CaptureJson.Default.CaptureManifest) ?? throw new InvalidDataException("it is null");
            return manifest.FormatVersion == CurrentFormat
                ? manifest
                : throw new InvalidDataException($"its format version is {manifest.FormatVersion}; this version of T.A.R.S. reads {CurrentFormat}");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"line {exception.LineNumber + 1}: {exception.Message}", exception);
        }
    }
}

/// <summary>What answered.</summary>
/// <param name="Application">For example <c>Prometheus</c>.</param>
/// <param name="Version">Its version; empty when it does not say.</param>
/// <param name="Boundary">Whether its ranges include their start: <c>closed</c> or <c>left_open</c>.</param>
/// <param name="PushesIncrease">Whether <c>increase</c> there is exact.</param>
public sealed record CapturedSource(string Application, string Version, string Boundary, bool PushesIncrease)
{
    private const string Closed = "closed";
    private const string LeftOpen = "left_open";

    /// <summary>From a source's description.</summary>
    public static CapturedSource Of(SourceDescription source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new CapturedSource(source.Application, source.Version, source.Boundary == RangeBoundary.Closed ? Closed : LeftOpen, source.PushesIncrease);
    }

    /// <summary>As a source's description.</summary>
    /// <exception cref="InvalidDataException">The boundary is neither of the two words.</exception>
    public SourceDescription ToDescription() => new(
        Application,
        Version,
        Boundary switch
        {
            Closed => RangeBoundary.Closed,
            LeftOpen => RangeBoundary.LeftOpen,
            _ => throw new InvalidDataException($"source.boundary is \"{Boundary}\", neither \"{Closed}\" nor \"{LeftOpen}\""),
        },
        PushesIncrease);
}

/// <summary>A grid: values belong to the instants start + step, start + 2 step, …, start + count step.</summary>
/// <param name="Start">Start of step 0, UTC.</param>
/// <param name="StepMilliseconds">Length of a step.</param>
/// <param name="Count">Number of steps.</param>
public sealed record CapturedGrid(DateTimeOffset Start, long StepMilliseconds, int Count)
{
    /// <summary>From a grid.</summary>
    public static CapturedGrid Of(TimeGrid grid) => new(grid.Start.ToUniversalTime(), (long)grid.Step.TotalMilliseconds, grid.Count);

    /// <summary>As a grid.</summary>
    /// <exception cref="InvalidDataException">Step or count is not positive.</exception>
    public TimeGrid ToGrid() => StepMilliseconds > 0 && Count > 0
        ? new TimeGrid(Start.ToUniversalTime(), TimeSpan.FromMilliseconds(StepMilliseconds), Count)
        : throw new InvalidDataException("grid.step_milliseconds and grid.count are positive");
}

/// <summary>A query and its answer.</summary>
/// <param name="Text">The PromQL text, exactly as it was sent.</param>
/// <param name="File">The file of the answer, relative to the manifest; null for an answer without series and for a failed query.</param>
/// <param name="SeriesCount">Number of series.</param>
/// <param name="PointCount">Number of values that are not NaN.</param>
/// <param name="Bytes">Length of the file; zero without one.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hexadecimal; null without one.</param>
/// <param name="Warnings">Warnings of the backend.</param>
/// <param name="Failure">What the backend said when it refused the query; null when it answered.</param>
public sealed record CapturedQuery(
    string Text, string? File, int SeriesCount, long PointCount, long Bytes, string? Sha256, IReadOnlyList<string> Warnings, string? Failure);

/// <summary>The first line of the journal of a capture under way; each further line is a <see cref="CapturedQuery"/>.</summary>
internal sealed record CaptureJournalHead(int FormatVersion, CapturedSource Source, CapturedGrid Grid);

/// <summary>JSON of captures.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CaptureManifest))]
[JsonSerializable(typeof(CapturedQuery))]
[JsonSerializable(typeof(CaptureJournalHead))]
[JsonSerializable(typeof(List<Dictionary<string, string>>))]
internal sealed partial class CaptureJson : JsonSerializerContext
{
    /// <summary>For files that people read.</summary>
    public static CaptureJson Indented { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // PromQL stays readable; the file is no HTML
    });
}

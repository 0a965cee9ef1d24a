using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tars.Application.Stores;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Its path in the backup, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record BackupFile(string Path, long Size, string Sha256);

/// <summary>What a backup is: <c>manifest.json</c>, described in docs/formats/backup.md and schemas/store-backup.schema.json.</summary>
/// <param name="Created">When its rows were read, UTC.</param>
/// <param name="Program">What made it, with its version.</param>
/// <param name="Rows">How many rows of each table.</param>
/// <param name="Blobs">How many files.</param>
/// <param name="BlobBytes">Their length together.</param>
/// <param name="BlobsSha256">SHA-256 over their digests, each followed by a line feed, in order.</param>
/// <param name="HasLog">Whether the audit log is in it.</param>
/// <param name="HasPersons">Whether the keys of persons are in it.</param>
/// <param name="Files">Everything else.</param>
public sealed record BackupManifest(
    DateTimeOffset Created,
    string Program,
    IReadOnlyDictionary<string, long> Rows,
    long Blobs,
    long BlobBytes,
    string BlobsSha256,
    bool HasLog,
    bool HasPersons,
    IReadOnlyList<BackupFile> Files)
{
    /// <summary>The format this version writes, and the only one it reads.</summary>
    public const int Version = 1;

    private const string Format = "tars-store-backup";
    private const int MaximumBytes = 64 << 20;

    /// <summary>The JSON text, ended by a line feed.</summary>
    public byte[] ToJson()
    {
        JsonObject rows = [];
        foreach ((string table, long count) in Rows)
        {
            rows[table] = count;
        }

        JsonObject all = new()
        {
            ["format"] = Format,
            ["version"] = Version,
            ["created"] = Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["program"] = Program,
            ["rows"] = rows,
            ["blobs"] = new JsonObject { ["count"] = Blobs, ["bytes"] = BlobBytes, ["sha256"] = BlobsSha256 },
            ["audit_log"] = HasLog,
            ["keys_of_persons"] = HasPersons,
            ["files"] = new JsonArray([.. Files.Select(file => (JsonNode)new JsonObject { ["path"] = file.Path, ["size"] = file.Size, ["sha256"] = file.Sha256 })]),
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(all, ManifestJson.Default.JsonObject), (byte)'\n'];
    }

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="BackupException">There is none, or it is no manifest of this format.</exception>
    public static BackupManifest Read(BackupFolder backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        if (!backup.IsWhole)
        {
            throw new BackupException(
                $"{backup.Root}: there is no whole backup (manifest.json is not there)", Directory.Exists(backup.Root) ? "the backup was interrupted: make it again, into the same folder" : null)
            { IsUsage = true };
        }

        try
        {
            return new FileInfo(backup.Manifest).Length <= MaximumBytes
                ? Of(JsonNode.Parse(File.ReadAllBytes(backup.Manifest))!.AsObject())
                : throw new FormatException($"it is longer than {MaximumBytes} bytes");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new BackupException($"{backup.Manifest}: it is no manifest of a backup: {exception.Message}", "use another backup", exception);
        }
    }

    private static BackupManifest Of(JsonObject all)
    {
        string format = Text(all, "format");
        long version = Number(all, "version");
        if (format != Format || version != Version)
        {
            throw new FormatException($"it is {format} {version}; this program reads {Format} {Version}");
        }

        JsonObject blobs = Member(all, "blobs").AsObject();
        return new BackupManifest(
            DateTimeOffset.Parse(Text(all, "created"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Text(all, "program"),
            Member(all, "rows").AsObject().ToDictionary(row => row.Key, row => row.Value!.GetValue<long>(), StringComparer.Ordinal),
            Number(blobs, "count"),
            Number(blobs, "bytes"),
            Text(blobs, "sha256"),
            Member(all, "audit_log").GetValue<bool>(),
            Member(all, "keys_of_persons").GetValue<bool>(),
            [.. Member(all, "files").AsArray().Select(file => new BackupFile(PathOf(file!.AsObject()), Number(file!.AsObject(), "size"), Text(file!.AsObject(), "sha256")))]);
    }

    // A path never leads out of the backup.
    private static string PathOf(JsonObject file)
    {
        string path = Text(file, "path");
        return path.Length > 0 && !path.Contains('\\', StringComparison.Ordinal) && path.Split('/').All(part => part.Length > 0 && part is not ("." or ".."))
            ? path
            : throw new FormatException($"\"{path}\" is no path in a backup");
    }

    private static JsonNode Member(JsonObject all, string name) => all[name] ?? throw new FormatException($"{name} is not there");

    private static string Text(JsonObject all, string name) => Member(all, name).GetValue<string>();

    private static long Number(JsonObject all, string name) => Member(all, name).GetValue<long>();
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class ManifestJson : System.Text.Json.Serialization.JsonSerializerContext;

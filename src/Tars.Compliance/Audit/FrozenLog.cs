using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>The file <c>frozen.json</c>: why nothing more may be appended to a log.</summary>
internal static class FrozenLog
{
    public const string Hint = "find out what happened with `tars audit verify`, keep the folder as it is, and go on in a new log that continues this one";

    /// <summary>A damage that a crash does not leave.</summary>
    public static AuditLogException Damage(string path, string reason, long? offset = null, long? sequence = null) =>
        new(path, reason, Hint, offset, sequence) { IsFrozen = true };

    /// <summary>Writes the file. When that fails too, the log is found damaged again by whoever opens it next.</summary>
    public static void Write(LogLayout layout, AuditLogException damage, DateTimeOffset now)
    {
        if (File.Exists(layout.Frozen))
        {
            return;
        }

        JsonObject content = new()
        {
            ["reason"] = damage.Reason,
            ["file"] = Path.GetRelativePath(layout.Root, damage.Path),
            ["found_at"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (damage.Offset is { } offset)
        {
            content["offset"] = offset;
        }

        if (damage.Sequence is { } sequence)
        {
            content["sequence"] = sequence;
        }

        try
        {
            PrivateFiles.Write(layout.Frozen, [.. AuditData.Of(content).Utf8.Span, (byte)'\n']);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The damage itself is what the caller must hear of.
        }
    }

    /// <exception cref="AuditLogException">The log is frozen.</exception>
    public static void Refuse(LogLayout layout)
    {
        if (!File.Exists(layout.Frozen))
        {
            return;
        }

        string reason = "nobody can read why";
        try
        {
            reason = JsonNode.Parse(File.ReadAllText(layout.Frozen))?["reason"]?.GetValue<string>() ?? reason;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // It is frozen whatever the file says.
        }

        throw new AuditLogException(layout.Frozen, $"the log is frozen since its lines were found changed ({reason})", Hint) { IsFrozen = true };
    }
}

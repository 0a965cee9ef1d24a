using System.Globalization;
using System.Text;
using System.Text.Json;
using Tars.Sealing.Logs;
using Tars.Verify.Checks;
using Tars.Verify.Reporting;

namespace Tars.Verify.Logs;

/// <summary>What a verifier says of a log, for a person and for a program.</summary>
internal static class AuditReport
{
    private const string Check = "audit-log";

    /// <summary>Whether nothing that was acknowledged is missing or was changed: a torn end is what a crash leaves, and the next writer moves it aside.</summary>
    internal static bool IsGood(LogVerification result) => result is not LogVerification.Tampered;

    /// <summary>The same, with the logs that it continues.</summary>
    internal static bool IsGood(LogVerification result, IReadOnlyList<OlderPart> older) => IsGood(result) && older.All(part => part.Finding is null);

    /// <summary>What was read, then each finding, then the verdict.</summary>
    internal static string TextOf(string path, LogVerification result, IReadOnlyList<OlderPart> older)
    {
        LogSummary log = result.Log;
        string verdict = result switch
        {
            LogVerification.Whole => "whole",
            LogVerification.Torn => "torn, as a crash leaves it: nothing that was acknowledged is missing",
            _ => "tampered with",
        };
        Finding head = new(path, Check, IsGood(result), string.Create(CultureInfo.InvariantCulture, $"{verdict}: {log.Head.Size} lines{Span(log)}"), [.. Notes(log, older)]);
        return TextReport.Of([head, .. result.Findings.Select(finding => new Finding(Path.Combine(path, PlaceOf(finding)), Check, IsGood(result), Text(finding)) { IsWarning = IsGood(result) }),
            .. older.Select(part => part.Finding).OfType<LogFinding>().Select(finding => new Finding(PlaceOf(finding), Check, false, Text(finding)))]);
    }

    /// <summary>The same with every member.</summary>
    internal static string JsonOf(string path, LogVerification result, IReadOnlyList<OlderPart> older)
    {
        LogSummary log = result.Log;
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteBoolean("verified", IsGood(result, older));
            json.WriteString("verdict", result switch { LogVerification.Whole => "whole", LogVerification.Torn => "torn", _ => "tampered" });
            json.WriteString("path", path);
            json.WriteString("origin", log.Origin);
            json.WriteNumber("size", log.Head.Size);
            json.WriteString("root", log.Head.Root?.ToBase64());
            json.WriteString("last_hash", $"sha256:{log.Head.LastHash}");
            json.WriteString("first", Time(log.First));
            json.WriteString("last", Time(log.Last));
            json.WriteNumber("lines_read", log.LinesRead);
            json.WriteNumber("segments", log.Segments);
            json.WriteNumber("roots_compared", log.RootsCompared);
            json.WritePropertyName("checkpoint_size");
            WriteNumber(json, log.NewestCheckpoint?.Size);
            json.WriteNumber("lines_after_checkpoint", log.LinesAfterCheckpoint);
            json.WriteNumber("torn_bytes", log.TornBytes);
            json.WriteBoolean("frozen", log.IsFrozen);
            WriteArray(json, "epochs", log.Epochs, epoch =>
            {
                json.WriteNumber("number", epoch.Number);
                json.WriteString("key", epoch.Key.KeyId);
                json.WriteString("begins", Time(epoch.Begins));
                json.WriteNumber("size", epoch.Size);
            });
            WriteArray(json, "cosignatures", log.Cosignatures, one =>
            {
                json.WriteString("witness", one.Witness);
                json.WriteNumber("size", one.Size);
                json.WriteString("time", Time(one.Time));
                json.WriteString("file", one.File);
            });
            WriteArray(json, "removals", log.Removals, one =>
            {
                json.WriteNumber("first", one.First);
                json.WriteNumber("end", one.End);
                json.WriteString("from", Time(one.From));
                json.WriteString("to", Time(one.To));
                json.WriteString("segment_sha256", one.SegmentSha256);
                json.WriteNumber("event", one.Event);
            });
            WriteArray(json, "continues", older, part =>
            {
                json.WriteString("origin", part.Log.Origin);
                json.WriteNumber("size", part.Log.Size);
                json.WriteString("path", part.Folder);
                json.WriteString("finding", part.Finding?.ToString());
            });
            json.WriteStartArray("other_files");
            foreach (string file in log.OtherFiles)
            {
                json.WriteStringValue(file);
            }

            json.WriteEndArray();
            WriteArray(json, "findings", result.Findings, finding =>
            {
                json.WriteString("kind", finding.KindName);
                json.WriteString("file", finding.File);
                json.WritePropertyName("byte_offset");
                WriteNumber(json, finding.ByteOffset);
                json.WritePropertyName("sequence");
                WriteNumber(json, finding.Sequence);
                json.WritePropertyName("end");
                WriteNumber(json, finding.End);
                json.WriteString("expected", finding.Expected);
                json.WriteString("found", finding.Found);
            });
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static IEnumerable<string> Notes(LogSummary log, IReadOnlyList<OlderPart> older)
    {
        yield return $"origin {log.Origin ?? "unknown"}";
        yield return log.Head.Root is { } root ? $"root {root.ToBase64()}" : "no root: a line's hash is not known";
        yield return log.NewestCheckpoint is { } checkpoint ? $"newest checkpoint: {checkpoint.Size} lines; {log.LinesAfterCheckpoint} came after it, and nothing signed says that they were all" : "no checkpoint fits the lines";
        foreach (LogEpoch epoch in log.Epochs)
        {
            yield return $"epoch {epoch.Number}: key {epoch.Key.KeyId}, from line {epoch.Size} on, {Time(epoch.Begins)}";
        }

        foreach (LogCosignature one in log.Cosignatures)
        {
            yield return $"witness {one.Witness}: {one.Size} lines at {Time(one.Time)} ({one.File})";
        }

        foreach (LogRemoval one in log.Removals)
        {
            yield return $"removed by retention: lines {one.First} to {one.End - 1}, {Time(one.From)} to {Time(one.To)}; line {one.Event} says so";
        }

        foreach (OlderPart part in older)
        {
            yield return $"continues {part.Log.Origin}, of which {part.Log.Size} lines were whole; {(part.Folder is null ? "it is not beside this log, and was not read" : part.Finding is null ? $"they are: {part.Folder}" : $"they are not: {part.Folder}")}";
        }

        if (log.IsFrozen)
        {
            yield return "frozen: the log itself says that tampering was found (frozen.json)";
        }

        foreach (string file in log.OtherFiles)
        {
            yield return $"not looked at: {file}";
        }
    }

    private static string Span(LogSummary log) => log.First is null ? string.Empty : $", {Time(log.First)} to {Time(log.Last)}";

    private static string PlaceOf(LogFinding finding) => finding.ByteOffset is { } offset ? string.Create(CultureInfo.InvariantCulture, $"{finding.File}:{offset}") : finding.File;

    private static string Text(LogFinding finding)
    {
        string lines = finding.Sequence is not { } first ? string.Empty : finding.End is { } end && end > first + 1 ? $" in lines {first} to {end - 1}" : $" at line {first}";
        return string.Create(CultureInfo.InvariantCulture, $"{finding.KindName}{lines}: expected {finding.Expected}; found {finding.Found}");
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static void WriteNumber(Utf8JsonWriter json, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

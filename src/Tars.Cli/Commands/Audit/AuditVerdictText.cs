using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary>What <c>tars audit verify</c> says of logs.</summary>
internal static class AuditVerdictText
{
    public static void Tell(CommandRun run, IReadOnlyList<CheckedLog> logs)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["verified"] = logs.All(log => log.Result is not null && !log.IsTampered),
                ["logs"] = new JsonArray([.. logs.Select(Json)]),
            });
            return;
        }

        foreach (string line in logs.SelectMany(Lines))
        {
            run.Console.Say(line);
        }
    }

    private static IEnumerable<string> Lines(CheckedLog one)
    {
        string verdict = one.Verdict switch
        {
            "tampered" => "TAMPERED",
            "torn" => "torn, as a crash leaves it; nothing that was acknowledged is missing",
            { } other => other,
        };
        yield return $"{verdict}: {one.Path}";
        if (one.Unreadable is not null)
        {
            yield return $"  {one.Unreadable}";
        }

        if (one.Disagreement is not null)
        {
            yield return $"  {one.Disagreement}";
        }

        foreach (LogFinding finding in (one.Result?.Findings ?? []).Concat(one.Older.Select(part => part.Finding).OfType<LogFinding>()))
        {
            yield return $"  {finding}";
        }

        foreach (string line in one.Result is null ? [] : Summary(one, one.Result.Log))
        {
            yield return $"  {line}";
        }
    }

    private static IEnumerable<string> Summary(CheckedLog one, LogSummary log)
    {
        yield return $"origin {log.Origin ?? "unknown"}";
        yield return Invariant($"{log.Head.Size} lines, root {log.Head.Root?.ToBase64() ?? "unknown"}{(log.First is null ? string.Empty : $", {Time(log.First)} to {Time(log.Last)}")}");
        if (Fingerprint.TryParse(one.KeyId, out Fingerprint print))
        {
            yield return $"first key {print}, {(one.IsKeyGiven ? "as it was given" : "taken from the log itself")}";
        }

        yield return log.NewestCheckpoint is { } checkpoint
            ? Invariant($"newest checkpoint: {checkpoint.Size} lines; {log.LinesAfterCheckpoint} came after it{(log.LinesAfterCheckpoint > 0 ? ", and nothing signed says that they were all" : string.Empty)}")
            : "no checkpoint fits the lines";
        if (log.Epochs.Count > 0)
        {
            LogEpoch newest = log.Epochs[^1];
            yield return Invariant($"epochs: {log.Epochs.Count}; the newest since {Time(newest.Begins)}, from line {newest.Size} on, key {newest.Key.KeyId}");
        }

        foreach (LogCosignature cosignature in log.Cosignatures)
        {
            yield return Invariant($"witness {cosignature.Witness}: {cosignature.Size} lines at {Time(cosignature.Time)}");
        }

        foreach (LogRemoval removal in log.Removals)
        {
            yield return Invariant($"removed by retention: lines {removal.First} to {removal.End - 1}, {Time(removal.From)} to {Time(removal.To)}; line {removal.Event} says so");
        }

        foreach (OlderPart part in one.Older)
        {
            yield return Invariant($"continues {part.Log.Origin}, of which {part.Log.Size} lines were whole; {(part.Folder is null ? "it is not beside this log, and was not read" : part.Finding is null ? $"they are: {part.Folder}" : $"they are not: {part.Folder}")}");
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

    private static JsonNode Json(CheckedLog one)
    {
        JsonObject json = new()
        {
            ["path"] = one.Path,
            ["verdict"] = one.Verdict,
            ["first_key"] = one.KeyId,
            ["first_key_from"] = one.IsKeyGiven ? "given" : "log",
            ["error"] = one.Unreadable,
            ["disagreement"] = one.Disagreement,
        };
        if (one.Result is not { Log: { } log } result)
        {
            return json;
        }

        json["origin"] = log.Origin;
        json["size"] = log.Head.Size;
        json["root"] = log.Head.Root?.ToBase64();
        json["last_hash"] = $"sha256:{log.Head.LastHash}";
        json["first"] = Time(log.First);
        json["last"] = Time(log.Last);
        json["lines_read"] = log.LinesRead;
        json["segments"] = log.Segments;
        json["checkpoint_size"] = log.NewestCheckpoint?.Size;
        json["lines_after_checkpoint"] = log.LinesAfterCheckpoint;
        json["torn_bytes"] = log.TornBytes;
        json["frozen"] = log.IsFrozen;
        json["epochs"] = new JsonArray([.. log.Epochs.Select(epoch => (JsonNode)new JsonObject
        {
            ["number"] = epoch.Number,
            ["key"] = epoch.Key.KeyId,
            ["begins"] = Time(epoch.Begins),
            ["size"] = epoch.Size,
        })]);
        json["cosignatures"] = new JsonArray([.. log.Cosignatures.Select(cosignature => (JsonNode)new JsonObject
        {
            ["witness"] = cosignature.Witness,
            ["size"] = cosignature.Size,
            ["time"] = Time(cosignature.Time),
            ["file"] = cosignature.File,
        })]);
        json["removals"] = new JsonArray([.. log.Removals.Select(removal => (JsonNode)new JsonObject
        {
            ["first"] = removal.First,
            ["end"] = removal.End,
            ["from"] = Time(removal.From),
            ["to"] = Time(removal.To),
            ["segment_sha256"] = removal.SegmentSha256,
            ["event"] = removal.Event,
        })]);
        json["continues"] = new JsonArray([.. one.Older.Select(part => (JsonNode)new JsonObject
        {
            ["origin"] = part.Log.Origin,
            ["size"] = part.Log.Size,
            ["path"] = part.Folder,
            ["verified"] = part.Folder is null ? null : part.Finding is null,
            ["finding"] = part.Finding?.ToString(),
        })]);
        json["other_files"] = ConfigFormat.List(log.OtherFiles);
        json["findings"] = new JsonArray([.. result.Findings.Select(finding => (JsonNode)new JsonObject
        {
            ["kind"] = finding.KindName,
            ["file"] = finding.File,
            ["byte_offset"] = finding.ByteOffset,
            ["sequence"] = finding.Sequence,
            ["end"] = finding.End,
            ["expected"] = finding.Expected,
            ["found"] = finding.Found,
        })]);
        return json;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}

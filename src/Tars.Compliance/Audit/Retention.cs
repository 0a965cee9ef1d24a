using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Compliance.Audit;

/// <summary>A segment whose every line is older than what is to be kept.</summary>
/// <param name="First">Its first line.</param>
/// <param name="End">The line after its last.</param>
/// <param name="From">The time of its first line.</param>
/// <param name="To">The time of its last line.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Path">Its file.</param>
public sealed record OutlivedSegment(long First, long End, DateTimeOffset From, DateTimeOffset To, long Bytes, string Path);

/// <summary>Who forbids that anything is removed, by the newest line about it.</summary>
/// <param name="Record">The line that set the hold.</param>
/// <param name="Reason">Why; null when the line does not say.</param>
public sealed record LegalHold(AuditRecord Record, string? Reason);

/// <summary>
/// Removes whole segments from a log's beginning, so that it still verifies: a signed line says what went, and a file with the hashes of the subtrees
/// takes the segment's place. Described in docs/formats/audit-log.md. A hold is a line of the log too, so that nobody can lift it unseen.
/// </summary>
public static class Retention
{
    /// <summary>The type of the line that says what was removed.</summary>
    public const string RemovedType = "retention.removed";

    private const string HoldType = "retention.hold_set";
    private const string ReleaseType = "retention.hold_released";

    /// <summary>The segments at the log's beginning whose lines are all older than a time; never the last segment, which is being written.</summary>
    /// <param name="folder">The log.</param>
    /// <param name="before">Lines from this time on are kept.</param>
    /// <exception cref="AuditLogException">It is no log, or cannot be read.</exception>
    public static IReadOnlyList<OutlivedSegment> Find(string folder, DateTimeOffset before)
    {
        AuditQuery query = new(folder);
        LogLayout layout = new(Path.GetFullPath(folder));
        IReadOnlyList<long> starts = layout.SegmentStarts();
        List<OutlivedSegment> found = [];
        for (int i = 0; i + 1 < starts.Count; i++)
        {
            string path = layout.Segment(starts[i]);
            AuditRecord first = query.At(starts[i]) ?? throw FrozenLog.Damage(path, "its first line is not there", 0, starts[i]);
            AuditRecord last = query.At(starts[i + 1] - 1) ?? throw FrozenLog.Damage(path, "lines are missing at its end", sequence: starts[i + 1] - 1);
            if (last.Timestamp >= before)
            {
                break;
            }

            found.Add(new OutlivedSegment(starts[i], starts[i + 1], first.Timestamp, last.Timestamp, new FileInfo(path).Length, path));
        }

        return found;
    }

    /// <summary>The hold that is set; null when none is.</summary>
    /// <param name="folder">The log.</param>
    public static LegalHold? HoldOf(string folder)
    {
        AuditQuery query = new(folder);
        AuditRecord? set = query.Find(new AuditFilter { Type = HoldType }).LastOrDefault();
        AuditRecord? released = query.Find(new AuditFilter { Type = ReleaseType }).LastOrDefault();
        return set is null || released?.Sequence > set.Sequence ? null
            : new LegalHold(set, set.Data?["reason"] is JsonValue value && value.TryGetValue(out string? reason) ? reason : null);
    }

    /// <summary>The line that sets or lifts a hold.</summary>
    /// <param name="isSet">Whether nothing may be removed from now on.</param>
    /// <param name="reason">Why; must not tell who a person is.</param>
    /// <param name="by">Who.</param>
    public static AuditEvent HoldEvent(bool isSet, string reason, AuditActor by) => new()
    {
        Type = isSet ? HoldType : ReleaseType,
        Outcome = AuditOutcome.Success,
        Actor = by,
        Resource = "audit-log",
        Data = AuditData.Of(new JsonObject { ["reason"] = reason }),
    };

    /// <summary>
    /// Removes a segment. In this order: a copy to the archive, the line in the log and a signed checkpoint over it, the file in its place, the segment.
    /// Killed in between, nothing is missing, and the next removal of the same segment ends it.
    /// </summary>
    /// <param name="log">The log, open.</param>
    /// <param name="segment">One that <see cref="Find"/> found, the first of those that are left.</param>
    /// <param name="archive">A folder that gets a copy of the segment first; null when none is kept.</param>
    /// <param name="by">Who removes it.</param>
    /// <param name="cancellationToken">Looked at before the line is accepted.</param>
    /// <returns>The line that says so.</returns>
    /// <exception cref="AuditLogException">A hold is set, or the log cannot be read or written.</exception>
    public static async Task<AuditReceipt> RemoveAsync(AuditLog log, OutlivedSegment segment, string? archive, AuditActor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(segment);
        if (HoldOf(log.Folder) is { } hold)
        {
            throw new AuditLogException(log.Folder, $"nothing may be removed: a hold is set since line {hold.Record.Sequence}{(hold.Reason is null ? string.Empty : $" ({hold.Reason})")}", "`tars audit hold release` lifts it");
        }

        string digest = archive is null ? DigestOf(segment.Path) : Archive(segment.Path, archive);
        JsonObject removal = Describe(log.Layout, segment, digest);
        AuditReceipt receipt = await log.AppendAsync(
            new AuditEvent { Type = RemovedType, Outcome = AuditOutcome.Success, Actor = by, Resource = Path.GetFileName(segment.Path), Data = AuditData.Of(removal) }, cancellationToken).ConfigureAwait(false);
        await log.CheckpointAsync(CancellationToken.None).ConfigureAwait(false);
        Directory.CreateDirectory(log.Layout.Removed);
        using (ReplacementFile file = new(log.Layout.RemovedSegment(segment.First), ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead))
        {
            file.Stream.Write([.. AuditData.Of(removal).Utf8.Span, (byte)'\n']);
            file.Commit();
        }

        File.Delete(segment.Path);
        DurableFile.FlushDirectory(log.Layout.Segments);
        File.Delete(BlockIndex.PathOf(log.Layout, segment.First));
        return receipt;
    }

    private static JsonObject Describe(LogLayout layout, OutlivedSegment segment, string digest)
    {
        AuditQuery query = new(layout.Root);
        AuditTree tree = query.Tree();
        AuditRecord last = query.At(segment.End - 1) ?? throw FrozenLog.Damage(segment.Path, "lines are missing at its end", sequence: segment.End - 1);
        return new JsonObject
        {
            ["first"] = segment.First,
            ["end"] = segment.End,
            ["hashes"] = new JsonArray([.. RemovedSegment.Cover(segment.First, segment.End).Select(place => (JsonNode)tree.Subtree(place.Level, place.Index).ToString())]),
            ["last_hash"] = $"sha256:{last.Hash}",
            ["from"] = Time(segment.From),
            ["to"] = Time(segment.To),
            ["segment_sha256"] = digest,
        };
    }

    private static string DigestOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Copies a segment, and reads the copy back: what is said to be in the archive is what lies there.</summary>
    private static string Archive(string path, string folder)
    {
        Directory.CreateDirectory(folder);
        string copy = Path.Combine(folder, Path.GetFileName(path));
        string digest = DigestOf(path);
        if (!File.Exists(copy))
        {
            using FileStream source = File.OpenRead(path);
            using ReplacementFile target = new(copy, ReplacementFile.OwnerOnly);
            source.CopyTo(target.Stream);
            target.Commit();
        }

        return DigestOf(copy) == digest ? digest : throw new AuditLogException(copy, "the archive holds another segment of this name", "give each log an archive of its own");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

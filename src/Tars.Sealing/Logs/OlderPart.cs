namespace Tars.Sealing.Logs;

/// <summary>A log that another one continues, as far as that one vouches for it: origin, lines, root, and the hash of the last of them.</summary>
/// <param name="Log">What the newer log says of it.</param>
/// <param name="Folder">Where it lies; null when it is not beside the newer log, so that nothing is said of its lines.</param>
/// <param name="Finding">In what its lines differ from what is said; null when they do not.</param>
public sealed record OlderPart(ContinuedLog Log, string? Folder, LogFinding? Finding)
{
    /// <summary>The logs that a log continues, newest first: looked for in the folders beside it, and read up to where each was left.</summary>
    /// <param name="folder">The newer log's folder.</param>
    /// <param name="result">What was said of it.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<OlderPart> Of(string folder, LogVerification result)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(result);
        List<OlderPart> parts = [];
        (ContinuedLog? next, TreeHash? lastHash) = (result.Log.Continues, result.Log.FirstPreviousHash);
        HashSet<string> seen = new(StringComparer.Ordinal);
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        while (next is { } log && seen.Add(log.Origin))
        {
            (string? beside, ContinuedLog? before) = Find(parent, log.Origin);
            if (beside is null)
            {
                parts.Add(new OlderPart(log, null, null));
                break;
            }

            TreeHash first = default;
            parts.Add(new OlderPart(log, beside, Check(new LogLayout(beside), log, lastHash, ref first)));
            (next, lastHash) = (before, first);
        }

        return parts;
    }

    private static (string? Folder, ContinuedLog? Continues) Find(string? parent, string origin)
    {
        foreach (string folder in parent is null ? Array.Empty<string>() : [.. Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal)])
        {
            if (File.Exists(new LogLayout(folder).Epoch(1)) && NoteFile.TryRead(new LogLayout(folder).Epoch(1), out SignedNote? note, out _) && EpochNote.TryParse(note.Text, out EpochNote? epoch, out _) && epoch.Origin == origin)
            {
                return (folder, epoch.Continues);
            }
        }

        return (null, null);
    }

    /// <summary>Reads the lines up to where the newer log goes on. The root binds each of them, whoever has signed what.</summary>
    private static LogFinding? Check(LogLayout layout, ContinuedLog log, TreeHash? lastHash, ref TreeHash first)
    {
        CompactRange tree = new();
        TreeHash last = default;
        while (tree.End < log.Size)
        {
            long start = tree.End;
            if (File.Exists(layout.Segment(start)))
            {
                if (Read(layout, log.Size, tree, ref last, ref first) is { } finding)
                {
                    return finding;
                }
            }
            else if (File.Exists(layout.RemovedSegment(start)) && NoteFile.ReadBytes(layout.RemovedSegment(start), RemovedSegment.MaximumBytes) is { } bytes && RemovedSegment.TryParse(bytes, out RemovedSegment? removed, out _)
                && removed.First == start && removed.End <= log.Size)
            {
                removed.Subtrees().ToList().ForEach(tree.Append);
                last = removed.LastHash;
            }

            if (tree.End == start)
            {
                return new LogFinding(LogFindingKind.Truncated, Path.Combine(layout.Root, "segments"), null, start, $"{log.Size} lines, as the log that continues it says", $"{start} lines");
            }
        }

        return tree.Root() != log.Root ? new LogFinding(LogFindingKind.Rewritten, layout.Root, null, 0, $"root sha256:{log.Root} over {log.Size} lines, as the log that continues it says", $"sha256:{tree.Root()}") { End = log.Size }
            : lastHash is { } hash && log.Size > 0 && hash != last ? new LogFinding(LogFindingKind.Spliced, layout.Root, null, log.Size - 1, $"sha256:{hash}, as the first line that continues it names it", $"sha256:{last}")
            : null;
    }

    private static LogFinding? Read(LogLayout layout, long size, CompactRange tree, ref TreeHash last, ref TreeHash first)
    {
        string path = layout.Segment(tree.End);
        foreach (LineBlock block in LineBlocks.Read([path], 1))
        {
            foreach (ref readonly ScannedLine line in block.Lines)
            {
                if (tree.End == size)
                {
                    return null;
                }

                bool fits = line.Refusal is null && line.Line.Sequence == tree.End && line.Line.ActualHash == line.Line.CurrentHash && (tree.End == 0 || line.Line.PreviousHash == last);
                if (!fits)
                {
                    return new LogFinding(LogFindingKind.Rewritten, path, line.Offset, tree.End, $"line {tree.End} after sha256:{last}", line.Refusal ?? "another line, or one that was changed");
                }

                first = tree.End == 0 ? line.Line.PreviousHash : first;
                last = line.Line.CurrentHash;
                tree.Append(last);
            }
        }

        return null;
    }
}

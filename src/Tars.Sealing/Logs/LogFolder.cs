namespace Tars.Sealing.Logs;

/// <summary>The entries of a log's folder.</summary>
internal static class LogFolder
{
    private const int Most = 100;

    /// <summary>Entries that the format does not know, below the log's folder, in the order of their names.</summary>
    internal static IReadOnlyList<string> OtherFiles(LogLayout layout)
    {
        if (!Directory.Exists(layout.Root))
        {
            return [];
        }

        HashSet<string> folders = [layout.Segments, layout.Epochs, layout.Checkpoints, layout.Removed, layout.Witnesses, layout.Torn, layout.Index];
        HashSet<string> files =
        [
            layout.Checkpoint, layout.PrivateKey, layout.Frozen, layout.Lock, layout.OutcomesLock, layout.Deliveries,
            .. layout.SegmentStarts().Select(layout.Segment), .. layout.RemovedStarts().Select(layout.RemovedSegment), .. layout.CheckpointSizes().Select(layout.CheckpointOf),
            .. NoteFile.In(layout.Epochs).Where(path => int.TryParse(Path.GetFileNameWithoutExtension(path), out int number) && layout.Epoch(number) == path),
            .. NoteFile.In(layout.Witnesses).Where(path => path.EndsWith(".note", StringComparison.Ordinal)),
        ];
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(layout.Root)
            .Concat(new[] { layout.Segments, layout.Epochs, layout.Checkpoints, layout.Removed, layout.Witnesses }.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries));
        return
        [
            .. entries.Where(path => Directory.Exists(path) ? !folders.Contains(path) : !files.Contains(path))
                .Select(path => Path.GetRelativePath(layout.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal).Take(Most),
        ];
    }
}

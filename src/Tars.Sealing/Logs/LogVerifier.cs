namespace Tars.Sealing.Logs;

/// <summary>
/// Verifies the folder of an audit log as docs/formats/audit-log.md lays it out: reads every line once, in the same memory however long the log is, and
/// says what is wrong and where. It tells what a crash leaves from what no crash does.
/// </summary>
public static class LogVerifier
{
    /// <summary>Verifies a log. It may grow meanwhile.</summary>
    /// <param name="folder">The log's folder. One that is not there, or is empty, is a finding.</param>
    /// <param name="trust">What is believed beforehand.</param>
    /// <exception cref="IOException">A file cannot be read, or a folder of a mirror or witness is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static LogVerification Verify(string folder, LogTrust trust)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentOutOfRangeException.ThrowIfLessThan(trust.Threads, 1);
        LogLayout layout = new(folder);
        FindingList findings = new();

        // Whoever holds a copy is asked before the log itself, and its notes before its lines: a log that grows meanwhile is never behind them.
        CheckpointFile[] mirrored = [.. trust.Mirrors.SelectMany(NotesOf).Select(NoteFile.ReadCheckpoint)];
        CheckpointFile[] witnessed = [.. trust.Witnesses.Where(witness => witness.Folder is not null).SelectMany(witness => NotesOf(witness.Folder!)).Select(NoteFile.ReadCheckpoint)];
        OwnCheckpoints own = OwnCheckpoints.Read(layout);
        EpochChain chain = EpochChain.Read(layout, trust.FirstKeyId, findings);
        foreach (string mirror in trust.Mirrors)
        {
            chain.Extend(new LogLayout(mirror), findings);
        }

        LineParts parts = PartsOf(layout, findings);
        LogNotes notes = new(layout, trust, chain, findings);
        notes.AddOthers(mirrored, isWitness: false);
        notes.AddOthers(witnessed, isWitness: true);
        notes.AddOwn(own, parts);
        notes.TellSilent(parts);
        LogReading reading = LogReading.Read(parts, chain, notes, trust, findings);
        LogJudgement.Tell(parts, chain, notes, reading, findings);
        RootClaim? newest = notes.Claims.Where(claim => claim is { IsWithLog: true, IsEpoch: false, Fits: true }).MaxBy(claim => claim.Size);
        LogSummary summary = reading.Summary with
        {
            NewestCheckpoint = newest is null ? null : new Checkpoint(chain.Origin!, newest.Size, newest.Root),
            LinesAfterCheckpoint = reading.Summary.Head.Size - (newest?.Size ?? 0),
            Origin = chain.Origin,
            Epochs = [.. chain.Epochs.Take(chain.Own).Select(epoch => new LogEpoch(epoch.Number, epoch.Key, epoch.Begins, epoch.Size))],
            Continues = chain.Epochs.Count > 0 ? chain.Epochs[0].Continues : null,
            Cosignatures = notes.Cosignatures,
            RootsCompared = notes.Claims.Count(claim => claim.Fits == true),
            IsFrozen = File.Exists(layout.Frozen),
            OtherFiles = LogFolder.OtherFiles(layout),
        };
        return findings.All is [{ Kind: LogFindingKind.Torn } tail] ? new LogVerification.Torn(summary, tail)
            : findings.All.Count > 0 ? new LogVerification.Tampered(summary, findings.All)
            : new LogVerification.Whole(summary);
    }

    /// <summary>The files of a mirror or a witness that may hold a checkpoint.</summary>
    private static IEnumerable<string> NotesOf(string folder)
    {
        LogLayout layout = new(folder);
        return Directory.Exists(folder)
            ? [.. NoteFile.In(folder).Where(path => path != layout.PrivateKey), .. NoteFile.In(layout.Checkpoints), .. NoteFile.In(layout.Witnesses)]
            : throw new DirectoryNotFoundException($"{folder}: there is no such folder of copies");
    }

    private static LineParts PartsOf(LogLayout layout, FindingList findings)
    {
        List<RemovedSegment> removed = [];
        foreach (long first in layout.RemovedStarts())
        {
            string path = layout.RemovedSegment(first);
            byte[]? bytes = NoteFile.ReadBytes(path, RemovedSegment.MaximumBytes);
            string? refusal = $"more than {RemovedSegment.MaximumBytes} bytes";
            if (bytes is not null && RemovedSegment.TryParse(bytes, out RemovedSegment? one, out refusal) && one.First == first)
            {
                removed.Add(one);
            }
            else
            {
                findings.Add(new LogFinding(LogFindingKind.RetentionAbused, $"removed/{Path.GetFileName(path)}", null, first, $"what stands for the lines from {first} on", refusal ?? "what stands for others"));
            }
        }

        return new LineParts(layout, layout.SegmentStarts(), removed);
    }
}

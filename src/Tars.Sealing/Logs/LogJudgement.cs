namespace Tars.Sealing.Logs;

/// <summary>What follows once all lines and all notes have been read: which of them refute each other, and what the end of the log means.</summary>
internal static class LogJudgement
{
    internal static void Tell(LineParts parts, EpochChain chain, LogNotes notes, LogReading reading, FindingList findings)
    {
        TellRefuted(parts, notes, findings);
        TellAge(parts, notes, findings);
        TellNotKept(parts, chain, notes, reading, findings);
        TellEnd(parts, notes, reading, findings);
    }

    /// <summary>Signed roots that the lines do not have.</summary>
    private static void TellRefuted(LineParts parts, LogNotes notes, FindingList findings)
    {
        bool areLinesTold = findings.All.Any(finding => finding.Sequence is not null && finding.File.StartsWith("segments/", StringComparison.Ordinal));
        bool isTold = areLinesTold;
        foreach (RootClaim claim in notes.Claims.Where(claim => claim is { IsWithLog: true, Fits: false }).OrderBy(claim => claim.Size))
        {
            // A key may have been stolen; one of an earlier epoch no longer exists. So lines are believed against a note only when a key as old signed them.
            if (notes.Claims.Any(other => other.Fits == true && other.Size >= claim.Size && other.Signer > 0 && other.Signer <= claim.Signer))
            {
                findings.Add(new LogFinding(LogFindingKind.CheckpointSwapped, claim.File, null, claim.Size > 0 ? claim.Size - 1 : null, $"root sha256:{claim.ActualRoot}, as the lines have it and a later root confirms", $"sha256:{claim.Root}"));
            }
            else if (!isTold)
            {
                findings.Add(OfLines(LogFindingKind.Rewritten, claim, parts));
                isTold = true;
            }
        }

        foreach (RootClaim claim in notes.Claims.Where(claim => claim is { IsWithLog: false, Fits: false } && !isTold))
        {
            findings.Add(OfLines(LogFindingKind.Forked, claim, parts));
        }
    }

    private static LogFinding OfLines(LogFindingKind kind, RootClaim claim, LineParts parts)
    {
        string file = claim.From is { } place ? parts.NameOf(place.Part) : claim.File;
        return new LogFinding(kind, file, claim.From?.Offset, claim.From?.Sequence ?? 0, $"root sha256:{claim.Root} over {claim.Size} lines, as {claim.File} says", $"sha256:{claim.ActualRoot}") { End = claim.Size };
    }

    /// <summary>The file <c>checkpoint</c> is written before any copy of it is: none is newer, but for the one that a crash interrupted.</summary>
    private static void TellAge(LineParts parts, LogNotes notes, FindingList findings)
    {
        if (notes.Newest is not { } newest)
        {
            return;
        }

        RootClaim[] newer = [.. notes.Claims.Where(claim => claim.Fits == true && claim.Size > newest.Size)];
        RootClaim? witness = newer.FirstOrDefault(claim => !claim.IsWithLog || claim.Source == ClaimSource.Witness);
        if (witness is not null || newer.Select(claim => claim.Size).Distinct().Count() > 1)
        {
            RootClaim other = witness ?? newer.MaxBy(claim => claim.Size)!;
            findings.Add(new LogFinding(
                LogFindingKind.CheckpointSwapped, parts.NameOf(parts.Layout.Checkpoint), null, newest.Size, $"size {other.Size} or more, as {other.File} has it", $"size {newest.Size}"));
        }
    }

    /// <summary>The checkpoints at the ends of segments and epochs that the log has gone on from.</summary>
    private static void TellNotKept(LineParts parts, EpochChain chain, LogNotes notes, LogReading reading, FindingList findings)
    {
        HashSet<long> kept = [.. parts.Layout.CheckpointSizes()];
        long size = notes.Newest?.Size ?? 0;
        foreach (long end in reading.SegmentEnds.Concat(chain.Epochs.Take(chain.Own).Select(epoch => epoch.Size)).Distinct().Order().Where(end => end > 0 && end < size && !kept.Contains(end)))
        {
            findings.Add(new LogFinding(
                LogFindingKind.Missing, parts.NameOf(parts.Layout.CheckpointOf(end)), null, end - 1, $"the checkpoint of {end} lines, where a segment or an epoch ended", "no such file"));
        }
    }

    private static void TellEnd(LineParts parts, LogNotes notes, LogReading reading, FindingList findings)
    {
        long size = reading.Summary.Head.Size;
        RootClaim? own = notes.Claims.Where(claim => claim.IsWithLog).MaxBy(claim => claim.Size);
        RootClaim? other = notes.Claims.Where(claim => !claim.IsWithLog).MaxBy(claim => claim.Size);
        (long Count, string File)? mirrored = reading.MirroredAfter.Count > 0 ? reading.MirroredAfter.MaxBy(one => one.Count) : null;
        bool isCut = true;
        if (size < own?.Size)
        {
            findings.Add(Cut(own.Size, own.File, LogFindingKind.Truncated, parts, notes, reading));
        }
        else if (size < other?.Size)
        {
            findings.Add(Cut(other.Size, other.File, LogFindingKind.RolledBack, parts, notes, reading));
        }
        else if (mirrored is { } lines)
        {
            findings.Add(Cut(size + lines.Count, lines.File, LogFindingKind.Truncated, parts, notes, reading));
        }
        else
        {
            isCut = false;
        }

        if (reading.Tail is var (file, tail) && (!isCut || !tail.IsTorn))
        {
            findings.Add(new LogFinding(
                tail.IsTorn ? LogFindingKind.Torn : LogFindingKind.Malformed, file, tail.Offset, tail.Sequence,
                tail.IsTorn ? "the end of the file, or a whole line" : $"line {tail.Sequence} and a line feed", tail.Found));
        }
    }

    /// <summary>The end of the log is not there. Where a whole segment is not there, that is said.</summary>
    private static LogFinding Cut(long expected, string says, LogFindingKind kind, LineParts parts, LogNotes notes, LogReading reading)
    {
        long size = reading.Summary.Head.Size;
        string next = parts.Layout.Segment(size);
        bool isEmpty = parts.Segments.Count == 0 && parts.Removed.Count == 0;
        bool isSegmentGone = kind == LogFindingKind.Truncated && size % LogLayout.BlockLines == 0 && !File.Exists(next)
            && (isEmpty || notes.Claims.Any(claim => claim is { IsWithLog: true, IsEpoch: false } && claim.Size == size && claim != notes.Newest));
        string found = !isEmpty ? $"{size} lines" : Directory.Exists(parts.Layout.Segments) ? "no segment" : "no log";
        return isSegmentGone
            ? new LogFinding(LogFindingKind.Missing, parts.NameOf(next), null, size, $"{expected} lines, as {says} says", found) { End = expected }
            : new LogFinding(
                kind, reading.LastEnd.File ?? parts.NameOf(next), reading.LastEnd.File is null ? null : reading.LastEnd.Offset, size, $"{expected} lines, as {says} says",
                reading.Tail is var (_, tail) ? $"{found} and {tail.Found}" : found)
            { End = expected };
    }
}

using System.Globalization;

namespace Tars.Sealing.Logs;

/// <summary>The checkpoints of a log, with it and elsewhere, as far as their signatures hold.</summary>
internal sealed class LogNotes(LogLayout layout, LogTrust trust, EpochChain chain, FindingList findings)
{
    private readonly List<RootClaim> _claims = [.. chain.Claims];
    private readonly List<TimeMark> _marks = [];
    private readonly List<LogCosignature> _cosignatures = [];

    internal IReadOnlyList<RootClaim> Claims => _claims;

    internal IReadOnlyList<LogCosignature> Cosignatures => _cosignatures;

    /// <summary>The file <c>checkpoint</c>; null when it is not believed.</summary>
    internal RootClaim? Newest { get; private set; }

    /// <summary>What the epochs and the witnesses say of the times of lines.</summary>
    internal IReadOnlyList<TimeMark> Marks =>
    [
        .. chain.Epochs.Select(epoch => new TimeMark(epoch.Size, epoch.Begins, null, $"epoch {epoch.Number} began then")),
        .. _marks,
    ];

    /// <summary>Takes what others hold.</summary>
    internal void AddOthers(IReadOnlyList<CheckpointFile> files, bool isWitness)
    {
        foreach (CheckpointFile file in files)
        {
            if (file.Checkpoint is { } checkpoint)
            {
                if (checkpoint.Origin == chain.Origin)
                {
                    AddOther(file.Path, file.Note!, checkpoint, isWitness);
                }
            }
            else if (Path.GetFileName(file.Path) == Path.GetFileName(layout.Checkpoint) || file.Path.EndsWith(".note", StringComparison.Ordinal))
            {
                findings.Add(new LogFinding(LogFindingKind.Malformed, file.Path, null, null, "a checkpoint", file.Refusal!));
            }
        }
    }

    /// <summary>Takes what lies with the log.</summary>
    internal void AddOwn(OwnCheckpoints own, LineParts parts)
    {
        foreach (CheckpointFile file in own.Witnesses)
        {
            AddOwn(file, parts.NameOf(file.Path), null);
        }

        if (own.Newest is { } newest)
        {
            Newest = AddOwn(newest, parts.NameOf(newest.Path), null);
        }
        else
        {
            findings.Add(new LogFinding(LogFindingKind.Missing, parts.NameOf(layout.Checkpoint), null, null, "the newest checkpoint", "no such file"));
        }

        foreach ((long size, CheckpointFile file) in own.Kept)
        {
            AddOwn(file, parts.NameOf(file.Path), size);
        }
    }

    /// <summary>Tells the witnesses that are trusted and have said nothing.</summary>
    internal void TellSilent(LineParts parts)
    {
        foreach (LogWitness witness in trust.Witnesses.Where(witness => _cosignatures.All(one => one.Witness != witness.Key.Name)))
        {
            findings.Add(new LogFinding(
                LogFindingKind.Missing, parts.NameOf(layout.Witnesses), null, null, $"a checkpoint with the cosignature of {witness.Key.Name}", "none, here or with the witness"));
        }
    }

    private RootClaim? AddOwn(CheckpointFile file, string name, long? size)
    {
        if (file is not { Note: { } note, Checkpoint: { } checkpoint })
        {
            findings.Add(new LogFinding(LogFindingKind.Malformed, name, null, null, "a checkpoint", file.Refusal!));
            return null;
        }

        NoteVerdict verdict = chain.Verify(note, out EpochNote? signer);
        LogFinding? finding = chain.Origin is { } origin && checkpoint.Origin != origin ? Of(LogFindingKind.Spliced, $"a checkpoint of {origin}", $"one of {checkpoint.Origin}")
            : verdict == NoteVerdict.Wrong ? Of(LogFindingKind.CheckpointSwapped, $"a signature of key {signer!.Key.KeyId}", "one that is not over this text")
            : verdict == NoteVerdict.Unsigned ? (chain.IsComplete ? Of(LogFindingKind.WrongKey, "a signature of the log's key", "none of a key that the epochs certify") : null)
            : !chain.MaySign(signer!, checkpoint.Size) ? Of(LogFindingKind.WrongKey, $"size {checkpoint.Size} signed by the key of its epoch", $"a signature by that of epoch {signer!.Number}")
            : size is not null && size != checkpoint.Size ? Of(LogFindingKind.CheckpointSwapped, $"the checkpoint of size {size}", $"that of size {checkpoint.Size}")
            : null;
        if (finding is not null)
        {
            findings.Add(finding);
        }

        if (finding is not null || verdict != NoteVerdict.Verified)
        {
            return null;
        }

        bool isCosigned = Cosigned(note, checkpoint, name, tells: true);
        RootClaim claim = new(checkpoint.Size, checkpoint.Root, name, isCosigned ? ClaimSource.Witness : ClaimSource.Own, IsWithLog: true) { Signer = signer!.Number };
        _claims.Add(claim);
        return claim;

        LogFinding Of(LogFindingKind kind, string expected, string found) => new(kind, name, null, checkpoint.Size > 0 ? checkpoint.Size - 1 : null, expected, found);
    }

    private void AddOther(string path, SignedNote note, Checkpoint checkpoint, bool isWitness)
    {
        bool isCosigned = Cosigned(note, checkpoint, path, tells: isWitness);
        NoteVerdict verdict = chain.Verify(note, out EpochNote? signer);
        bool isSigned = verdict == NoteVerdict.Verified && chain.MaySign(signer!, checkpoint.Size);
        if (isSigned || isCosigned)
        {
            _claims.Add(new RootClaim(checkpoint.Size, checkpoint.Root, path, isCosigned ? ClaimSource.Witness : ClaimSource.Mirror, IsWithLog: false));
        }
        else if (chain.IsComplete || verdict == NoteVerdict.Wrong)
        {
            findings.Add(new LogFinding(
                LogFindingKind.WrongKey, path, null, checkpoint.Size > 0 ? checkpoint.Size - 1 : null, "a signature of the log's key of that size's epoch",
                verdict == NoteVerdict.Unsigned ? "none of a key that the epochs certify" : verdict == NoteVerdict.Wrong ? "one that is not over this text" : $"one by that of epoch {signer!.Number}"));
        }
    }

    /// <summary>Whether a trusted witness has cosigned a note; its time counts for the lines.</summary>
    private bool Cosigned(SignedNote note, Checkpoint checkpoint, string name, bool tells)
    {
        bool isCosigned = false;
        foreach (LogWitness witness in trust.Witnesses)
        {
            NoteVerdict verdict = witness.Key.VerifyCosignature(note, out DateTimeOffset time);
            if (verdict == NoteVerdict.Verified)
            {
                isCosigned = true;
                _cosignatures.Add(new LogCosignature(witness.Key.Name, checkpoint.Size, time, name));
                string reason = string.Create(CultureInfo.InvariantCulture, $"{witness.Key.Name} cosigned {checkpoint.Size} lines at {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z");
                _marks.Add(new TimeMark(checkpoint.Size, time - trust.ClockTolerance, time + trust.ClockTolerance, reason));
            }
            else if (tells && verdict == NoteVerdict.Wrong)
            {
                findings.Add(new LogFinding(
                    LogFindingKind.WrongKey, name, null, null, $"a cosignature of {witness.Key.Name} with key {witness.Key.Key.KeyId}", "one that does not hold"));
            }
        }

        return isCosigned;
    }
}

/// <summary>The checkpoints that lie with a log, as they were read.</summary>
internal sealed record OwnCheckpoints(IReadOnlyList<CheckpointFile> Witnesses, CheckpointFile? Newest, IReadOnlyList<(long Size, CheckpointFile File)> Kept)
{
    /// <summary>Reads them, those first that are written last.</summary>
    internal static OwnCheckpoints Read(LogLayout layout)
    {
        CheckpointFile[] witnesses = [.. NoteFile.In(layout.Witnesses).Where(path => path.EndsWith(".note", StringComparison.Ordinal)).Select(NoteFile.ReadCheckpoint)];
        (long, CheckpointFile)[] kept = [.. layout.CheckpointSizes().Select(size => (size, NoteFile.ReadCheckpoint(layout.CheckpointOf(size))))];
        return new OwnCheckpoints(witnesses, File.Exists(layout.Checkpoint) ? NoteFile.ReadCheckpoint(layout.Checkpoint) : null, kept);
    }
}

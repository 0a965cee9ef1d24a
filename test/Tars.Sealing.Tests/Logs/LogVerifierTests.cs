using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

/// <summary>What a verifier reads and demands beyond the classes of tampering: epochs, kept checkpoints, retention, continued logs, mirrors with lines, other files.</summary>
public sealed class LogVerifierTests
{
    [Fact]
    public void Verify_WholeLog_TellsItsEpochsTimesHeadAndWhatFollowsTheCheckpoint()
    {
        using TemporaryDirectory folder = new();
        LogModel model = AttackedLog.Sample(Seeds.Draw());
        model.Save(folder.Path, checkpoint: 590);
        foreach (int threads in new[] { 1, 2 })
        {
            LogSummary log = Whole(folder.Path, new LogTrust(model.FirstKeyId) { Threads = threads });
            Assert.Equal((LogModel.Origin, 600L, 3), (log.Origin, log.LinesRead, log.Segments));
            Assert.Equal(model.Lines.Sum(line => (long)line.Length), log.BytesRead);
            Assert.Equal(model.Epochs.Select((epoch, i) => new LogEpoch(i + 1, epoch.Public, epoch.Begins, epoch.Size)), log.Epochs);
            Assert.Equal((model.Events[0].Time, model.Events[599].Time), (log.First, log.Last));
            Assert.Equal((600L, new TreeHash(model.Root(600)), new TreeHash(model.LastHash)), (log.Head.Size, log.Head.Root!.Value, log.Head.LastHash));
            Assert.Equal((model.CheckpointOf(590), 10L), (log.NewestCheckpoint, log.LinesAfterCheckpoint));
            Assert.Equal(8, log.RootsCompared); // three epochs, four kept checkpoints, the newest
            Assert.Empty(log.OtherFiles);
        }
    }

    [Fact]
    public void Verify_KeyOfTheCurrentEpochSignsASizeOfAnEarlierOne_IsAWrongKey()
    {
        using AttackedLog log = new();
        File.WriteAllBytes(log.Layout.CheckpointOf(256), log.Model.Note(256).ToBytes());
        LogFinding finding = Only(log.Verify(Anchors.None));
        Assert.Equal((LogFindingKind.WrongKey, "checkpoints/00000000000000000256.note", "a signature by that of epoch 3"), (finding.Kind, finding.File, finding.Found));
    }

    [Fact]
    public void Verify_LinesOfAnEarlierEpochRewrittenWithTheCurrentKey_AreRefutedByTheEpochAfterThem()
    {
        using AttackedLog log = new();
        byte[] epoch = File.ReadAllBytes(log.Layout.Epoch(3));
        log.Model.Events[300] = log.Model.Events[300] with { Members = ",\"outcome\":\"failure\"" };
        log.Model.Chain(300);
        log.Model.Save(log.Log);
        File.WriteAllBytes(log.Layout.Epoch(3), epoch);
        File.WriteAllBytes(log.Layout.CheckpointOf(406), log.Model.Note(406).ToBytes()); // both ends of an epoch belong to its key
        LogVerification result = log.Verify(Anchors.None);
        Assert.Contains(result.Findings, finding => finding is { Kind: LogFindingKind.Rewritten, Sequence: 256, End: 406 } && finding.Expected.EndsWith("as epochs/000003.note says", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("epochs/000002.note", LogFindingKind.Missing)]
    [InlineData("epochs/000001.note", LogFindingKind.Missing)]
    [InlineData("epochs/000003.note", LogFindingKind.WrongKey)]
    [InlineData("checkpoint", LogFindingKind.Missing)]
    [InlineData("checkpoints/00000000000000000256.note", LogFindingKind.Missing)]
    [InlineData("checkpoints/00000000000000000406.note", LogFindingKind.Missing)]
    [InlineData("segments/00000000000000000000.jsonl", LogFindingKind.Missing)]
    [InlineData("segments/00000000000000000512.jsonl", LogFindingKind.Missing)]
    public void Verify_AFileDeleted_IsTold(string file, LogFindingKind kind)
    {
        using AttackedLog log = new();
        File.Delete(Path.Combine(log.Log, file));
        LogVerification result = log.Verify(Anchors.None);
        Assert.IsType<LogVerification.Tampered>(result);
        Assert.Contains(result.Findings, finding => finding.Kind == kind);
        if (kind == LogFindingKind.Missing)
        {
            Assert.Contains(result.Findings, finding => finding.File == file && finding.Kind == kind);
        }
    }

    [Fact]
    public void Verify_NoLogAtAll_IsMissing()
    {
        using AttackedLog log = new();
        Directory.Delete(log.Log, recursive: true);
        Assert.Contains(log.Verify(Anchors.TwoWitnesses).Findings, finding => finding.Kind == LogFindingKind.Missing);
        Assert.Contains(log.Verify(Anchors.None).Findings, finding => finding is { Kind: LogFindingKind.Missing, File: "epochs/000001.note" });
    }

    [Fact]
    public void Verify_AnyByteOfANoteChanged_IsTampered()
    {
        using AttackedLog log = new();
        foreach (string file in new[] { "checkpoint", "epochs/000002.note", "checkpoints/00000000000000000512.note" })
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(log.Log, file));
            for (int i = 0; i < bytes.Length; i++)
            {
                File.WriteAllBytes(Path.Combine(log.Log, file), Attack.Flip([.. bytes], i, i % 8));
                Assert.True(log.Verify(Anchors.None) is LogVerification.Tampered, $"{file} byte {i}");
            }

            File.WriteAllBytes(Path.Combine(log.Log, file), bytes);
        }
    }

    [Fact]
    public void Verify_SegmentRemovedByRetention_IsListedAndEverySignedRootStillFits()
    {
        using TemporaryDirectory folder = new();
        LogModel model = AttackedLog.Sample(Seeds.Draw());
        string removal = model.RemovalOf(0);
        model.AppendData("retention.removed", removal).Append(3);
        model.Save(folder.Path);
        LogModel.RemoveSegment(folder.Path, 0, removal);
        LogSummary log = Whole(folder.Path, new LogTrust(model.FirstKeyId));
        LogRemoval removed = Assert.Single(log.Removals);
        Assert.Equal((0L, 256L, model.Events[0].Time, model.Events[255].Time, 600L), (removed.First, removed.End, removed.From, removed.To, removed.Event));
        Assert.Equal((604L, new TreeHash(model.Root(604)), model.Events[0].Time), (log.Head.Size, log.Head.Root!.Value, log.First));

        // The same removal with another time, another hash, another end: the line says otherwise.
        foreach ((string from, string to) in new[] { ("\"from\":\"2026", "\"from\":\"2025"), ("\"hashes\":[\"", $"\"hashes\":[\"{new string('0', 64)}\"],\"x\":[\""), ("\"segment_sha256\":\"", "\"segment_sha256\":\"0") })
        {
            File.WriteAllText(new LogLayout(folder.Path).RemovedSegment(0), removal.Replace(from, to, StringComparison.Ordinal));
            LogVerification result = LogVerifier.Verify(folder.Path, new LogTrust(model.FirstKeyId));
            Assert.Contains(result.Findings, finding => finding.Kind == LogFindingKind.RetentionAbused);
        }
    }

    [Fact]
    public void Verify_LogThatContinuesAnother_DemandsThatItsFirstLineNamesAHash()
    {
        using TemporaryDirectory folder = new();
        LogModel old = new LogModel(Seeds.Draw(), "audit.example.org/old").Append(9);
        ContinuedLog continued = new(old.Name, 9, new TreeHash(old.Root(9)));
        LogModel model = new LogModel(1, continues: continued, previous: old.LastHash).Append(5);
        model.Save(folder.Combine("good"));
        LogSummary log = Whole(folder.Combine("good"), new LogTrust(model.FirstKeyId));
        Assert.Equal((continued, new TreeHash(old.LastHash)), (log.Continues, log.FirstPreviousHash));

        LogModel silent = new LogModel(1, previous: old.LastHash).Append(5);
        silent.Save(folder.Combine("bad"));
        LogFinding finding = Only(LogVerifier.Verify(folder.Combine("bad"), new LogTrust(silent.FirstKeyId)));
        Assert.Equal((LogFindingKind.Spliced, 0L, 0L), (finding.Kind, finding.Sequence!.Value, finding.ByteOffset!.Value));
    }

    [Fact]
    public void Verify_MirrorWithLines_TellsTheFirstLineThatDiffersAndThoseThatWereCut()
    {
        using AttackedLog log = new();
        log.Model.Save(log.Mirror);
        log.Model.Events[550] = log.Model.Events[550] with { Members = ",\"outcome\":\"failure\"" };
        log.Model.Chain(550);
        log.Model.Save(log.Log);
        LogTrust trust = new(log.Model.FirstKeyId) { Mirrors = [log.Mirror] };
        (string file, long offset) = log.Model.PlaceOf(550);
        Assert.Contains(LogVerifier.Verify(log.Log, trust).Findings, finding => (finding.Kind, finding.File, finding.ByteOffset, finding.Sequence) == (LogFindingKind.Rewritten, file, offset, 550));

        using AttackedLog cut = new();
        cut.Model.Save(cut.Log, checkpoint: 590);
        cut.Model.Save(cut.Mirror, checkpoint: 590);
        Directory.Delete(cut.Layout.Witnesses, recursive: true);
        long end = cut.Model.PlaceOf(595).Offset;
        cut.Edit(cut.Model.PlaceOf(595).File, bytes => bytes[..(int)end]);
        LogFinding finding = Only(LogVerifier.Verify(cut.Log, new LogTrust(cut.Model.FirstKeyId) { Mirrors = [cut.Mirror] }));
        Assert.Equal((LogFindingKind.Truncated, 595L, 600L, end), (finding.Kind, finding.Sequence!.Value, finding.End!.Value, finding.ByteOffset!.Value));
    }

    [Fact]
    public void Verify_MirrorWithALaterEpoch_TellsThatTheLogWasRolledBack()
    {
        using AttackedLog log = new();
        log.Model.Save(log.Mirror);
        File.Delete(log.Layout.Epoch(3));
        File.Delete(log.Layout.Segment(512));
        File.Delete(log.Layout.CheckpointOf(512));
        Directory.Delete(log.Layout.Witnesses, recursive: true);
        File.WriteAllBytes(log.Layout.Checkpoint, log.Model.Note(406, 1).ToBytes());
        log.Edit("segments/00000000000000000256.jsonl", bytes => bytes[..(int)log.Model.PlaceOf(406).Offset]);
        Assert.IsType<LogVerification.Whole>(log.Verify(Anchors.None)); // by its own account
        LogVerification result = LogVerifier.Verify(log.Log, new LogTrust(log.Model.FirstKeyId) { Mirrors = [log.Mirror] });
        Assert.Contains(result.Findings, finding => finding is { Kind: LogFindingKind.RolledBack, File: "epochs/000003.note" });
        Assert.Contains(result.Findings, finding => finding is { Kind: LogFindingKind.RolledBack, Sequence: 406, End: 600 });
    }

    [Fact]
    public void Verify_FilesThatTheFormatDoesNotKnow_AreToldAndChangeNothing()
    {
        using AttackedLog log = new();
        foreach (string file in new[] { "notes.txt", "segments/00000000000000000256.jsonl.bak", "epochs/4.note", "frozen.json" })
        {
            File.WriteAllText(Path.Combine(log.Log, file), "x");
        }

        LogSummary summary = Assert.IsType<LogVerification.Whole>(log.Verify(Anchors.None)).Log;
        Assert.Equal(["epochs/4.note", "notes.txt", "segments/00000000000000000256.jsonl.bak"], summary.OtherFiles);
        Assert.True(summary.IsFrozen);
    }

    [Fact]
    public void Verify_LineLongerThanTheBuffer_IsReadAndOneThatIsTooLongIsRefused()
    {
        using TemporaryDirectory folder = new();
        LogModel model = new LogModel(Seeds.Draw(), dataLength: 1_000_000).Append(3);
        model.Save(folder.Combine("long"));
        Assert.Equal(3, Whole(folder.Combine("long"), new LogTrust(model.FirstKeyId) { Threads = 2 }).Head.Size);
        LogModel longer = new LogModel(Seeds.Draw(), dataLength: 1_100_000).Append(2);
        longer.Save(folder.Combine("longer"));
        Assert.IsType<LogVerification.Tampered>(LogVerifier.Verify(folder.Combine("longer"), new LogTrust(longer.FirstKeyId)));
    }

    private static LogSummary Whole(string folder, LogTrust trust)
    {
        LogVerification result = LogVerifier.Verify(folder, trust);
        Assert.True(result is LogVerification.Whole, string.Join('\n', result.Findings));
        return result.Log;
    }

    private static LogFinding Only(LogVerification result)
    {
        Assert.IsType<LogVerification.Tampered>(result);
        return Assert.Single(result.Findings);
    }
}

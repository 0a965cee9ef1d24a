using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

/// <summary>Whom an auditor can ask.</summary>
internal enum Anchors
{
    None,
    Mirror,
    WitnessA,
    WitnessB,
    TwoWitnesses,
}

/// <summary>
/// A log of 600 lines, three epochs and three segments, all of it under a checkpoint that two witnesses have cosigned and a mirror has copied; and then
/// an attacker, who can write the whole folder of the log, but neither the witnesses' folders nor the mirror's.
/// </summary>
internal sealed class AttackedLog : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    internal AttackedLog(int seed = 1)
    {
        Model = Sample(seed);
        WitnessA = new ModelWitness("witness.example.org/a", _folder.Combine("held-by-a"));
        WitnessB = new ModelWitness("witness.example.net/b", _folder.Combine("held-by-b"));
        Model.Save(Log);
        Publish(Model.Clock.AddSeconds(1));
    }

    internal string Log => _folder.Combine("log");

    internal LogLayout Layout => new(Log);

    internal LogModel Model { get; }

    internal ModelWitness WitnessA { get; }

    internal ModelWitness WitnessB { get; }

    internal string Mirror => _folder.Combine("mirror");

    public void Dispose() => _folder.Dispose();

    internal static LogModel Sample(int seed, string origin = LogModel.Origin) => new LogModel(seed, origin)
        .Append(200).EndEpoch().Append(56).EndSegment().Append(150).EndEpoch().Append(106).EndSegment().Append(88);

    /// <summary>Hands the newest checkpoint to both witnesses and to the mirror.</summary>
    internal void Publish(DateTimeOffset time)
    {
        SignedNote note = Model.Note(Model.Size);
        WitnessA.Cosign(note, time, Log);
        WitnessB.Cosign(note, time, Log);
        Copy();
    }

    /// <summary>The mirror copies the newest checkpoint.</summary>
    internal void Copy()
    {
        Directory.CreateDirectory(Mirror);
        File.Copy(Layout.Checkpoint, Path.Combine(Mirror, "checkpoint"), overwrite: true);
    }

    internal LogTrust Trust(Anchors anchors) => new(Model.FirstKeyId)
    {
        Mirrors = anchors == Anchors.Mirror ? [Mirror] : [],
        Witnesses = anchors switch
        {
            Anchors.WitnessA => [WitnessA.Trusted],
            Anchors.WitnessB => [WitnessB.Trusted],
            Anchors.TwoWitnesses => [WitnessA.Trusted, WitnessB.Trusted],
            _ => [],
        },
    };

    internal LogVerification Verify(Anchors anchors) => LogVerifier.Verify(Log, Trust(anchors));

    /// <summary>Replaces bytes of a file below the log's folder.</summary>
    internal void Edit(string file, Func<byte[], byte[]> edit)
    {
        string path = Path.Combine(Log, file);
        File.WriteAllBytes(path, edit(File.ReadAllBytes(path)));
    }
}

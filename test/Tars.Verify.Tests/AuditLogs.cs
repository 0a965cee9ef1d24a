using System.Security.Cryptography;
using Tars.Sealing.Logs;
using Tars.Sealing.Tests.Logs;
using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary>A folder with an audit log as the guide names it: its key, a witness's key and what that witness holds, a line and its proof.</summary>
internal sealed class AuditLogs : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    internal AuditLogs()
    {
        Model = new LogModel(7).Append(256).EndSegment().Append(40);
        Model.Save(Combine("audit"), checkpoint: 290);
        ModelWitness witness = new("witness.example.org/a", Combine("from-the-witness"));
        witness.Cosign(Model.Note(290), Model.Clock);
        _folder.WriteText("log.pub", Model.Epochs[0].Public.ToPem());
        _folder.WriteText("witness.pub", witness.Key.Key.ToPem());
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _folder.WriteText("stranger.pub", stranger.ExportSubjectPublicKeyInfoPem());
        File.WriteAllBytes(Combine("event-42.json"), Model.Lines[42]);
        _folder.WriteText("event-42.tlog-proof", new InclusionProofFile(42, MerkleProof.Inclusion(42, 290, Subtree), Model.Note(290)).ToString());
        _folder.WriteText("at-100.note", Model.Note(100).ToString());
        _folder.WriteText("since-100.tlog-consistency", new ConsistencyProofFile(100, MerkleProof.Consistency(100, 290, Subtree), Model.Note(290)).ToString());
    }

    internal LogModel Model { get; }

    internal string Combine(params string[] path) => _folder.Combine(path);

    /// <summary>The file with the newest lines.</summary>
    internal string Newest => new LogLayout(Combine("audit")).Segment(256);

    /// <summary>Runs the built program in the folder.</summary>
    internal Task<CommandResult> RunAsync(params string[] arguments) =>
        new CommandLine(Path.Combine(AppContext.BaseDirectory, "tars-verify"), arguments) { WorkingDirectory = _folder.Path }.RunAsync(TestContext.Current.CancellationToken);

    public void Dispose() => _folder.Dispose();

    private TreeHash Subtree(int level, long index) =>
        level == 0 ? new TreeHash(Model.Leaves[(int)index]) : TreeHash.OfNode(Subtree(level - 1, 2 * index), Subtree(level - 1, (2 * index) + 1));
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit prove EVENT</c>: a proof that one event is in the log, to be checked without the log; or that the log still begins as it did.</summary>
internal static class AuditProveCommand
{
    private const string ProofSuffix = ".tlog-proof";

    private static readonly Argument<string?> Event = new("EVENT") { Description = "An event's id, or its sequence number", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Consistency = CommonOptions.Text("--consistency", "OLDCHECKPOINT", "Proves instead that the log begins with what it was at this older checkpoint");

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "The proof's file (default: EVENT.tlog-proof; a proof of consistency goes to standard output)");

    public static Command Create()
    {
        TarsCommand prove = AuditOptions.Verb(
            "prove", "Writes a proof that an event is in the log: proof, event and key, to be checked without the log", [Consistency, Output, AuditOptions.Log, ConfigFormat.TableOrJson],
            (run, _) => Task.FromResult(Run(run)), "tars audit prove 0 --log audit", "tars audit prove --consistency old/checkpoint --log audit --output since.tlog-consistency");
        prove.Arguments.Add(Event);
        return prove;
    }

    private static int Run(CommandRun run)
    {
        string log = AuditOptions.LogOf(run);
        AuditQuery query = new(log);
        LogLayout layout = new(log);
        (SignedNote note, Checkpoint newest) = LogNotes.ReadCheckpoint(layout.Checkpoint);
        EpochNote signer = LogNotes.SignerOf(layout, note, newest)
            ?? throw new NotProvenException($"{layout.Checkpoint}: no key of the log has signed it", $"`tars audit verify {log}` says what is wrong");
        AuditTree tree = query.Tree();
        if (tree.Size < newest.Size || tree.Root(newest.Size) != newest.Root)
        {
            throw new NotProvenException(Invariant($"{log}: the lines do not give the root that was signed for {newest.Size} lines"), $"`tars audit verify {log}` says what is wrong");
        }

        return (run.Value(Event), run.Value(Consistency)) switch
        {
            ({ } name, null) => Include(run, query, tree, name, note, newest, signer),
            (null, { } old) => Continue(run, layout, tree, old, note, newest),
            _ => throw new UsageException("one of EVENT and --consistency is expected", "'tars audit prove --help' shows both"),
        };
    }

    private static int Include(CommandRun run, AuditQuery query, AuditTree tree, string name, SignedNote note, Checkpoint newest, EpochNote signer)
    {
        AuditRecord record = (Guid.TryParseExact(name, "D", out Guid id) ? query.Find(id)
            : long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) ? query.At(sequence)
            : throw new UsageException($"'{name}' is neither an event's id nor a sequence number")) ?? throw new UsageException($"{name}: the log has no such event, or retention has removed it");
        if (record.Sequence >= newest.Size)
        {
            throw new UsageException(Invariant($"line {record.Sequence} is not covered by a checkpoint yet; the newest covers {newest.Size} lines"), "`tars audit checkpoint` signs one");
        }

        string proof = run.Value(Output) ?? name + ProofSuffix;
        string stem = proof.EndsWith(ProofSuffix, StringComparison.Ordinal) ? proof[..^ProofSuffix.Length] : proof;
        (string line, string key) = (stem + ".json", stem + ".pub");
        InclusionProofFile made = new(record.Sequence, MerkleProof.Inclusion(record.Sequence, newest.Size, tree.Subtree), note);
        if (InclusionVerdict.Of(made, record.Line.Span, signer.Key) is InclusionVerdict.Refused refused)
        {
            throw new NotProvenException(refused.Reason, "the log is not what was signed; `tars audit verify` says what is wrong");
        }

        Write(line, [.. record.Line.Span, (byte)'\n']);
        Write(key, Encoding.ASCII.GetBytes(signer.Key.ToPem()));
        Write(proof, Encoding.UTF8.GetBytes(made.ToString()));
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["event_id"] = record.EventId.ToString(),
                ["sequence"] = record.Sequence,
                ["size"] = newest.Size,
                ["proof"] = proof,
                ["event"] = line,
                ["key"] = key,
                ["key_id"] = signer.Key.KeyId,
                ["epoch"] = signer.Number,
            });
            return ExitCode.Ok;
        }

        run.Console.Say(Invariant($"line {record.Sequence} of {newest.Origin} is in the {newest.Size} lines that were signed"));
        run.Console.Say($"proof {proof}, event {line}, key {key}");
        run.Console.Say(Invariant($"the key is that of epoch {signer.Number}, fingerprint {signer.Key.Fingerprint}"));
        run.Console.Say($"to be checked without the log: tars-verify proof {proof} --event {line} --key {key}");
        return ExitCode.Ok;
    }

    private static int Continue(CommandRun run, LogLayout layout, AuditTree tree, string oldPath, SignedNote note, Checkpoint newest)
    {
        (SignedNote oldNote, Checkpoint old) = LogNotes.ReadCheckpoint(oldPath);
        if (old.Origin != newest.Origin || old.Size > newest.Size)
        {
            throw new UsageException(old.Origin != newest.Origin
                ? $"{oldPath}: it is a checkpoint of {old.Origin}; this log is {newest.Origin}"
                : Invariant($"{oldPath}: it covers {old.Size} lines; the newest checkpoint here covers {newest.Size}"));
        }

        if (LogNotes.SignerOf(layout, oldNote, old) is null)
        {
            throw new NotProvenException($"{oldPath}: no key of the log has signed it", "it is no checkpoint of this log, or the log's epochs were changed");
        }

        if (tree.Root(old.Size) != old.Root)
        {
            throw new NotProvenException(Invariant($"{oldPath}: the log's first {old.Size} lines are not those that were signed then"), "keep both: they show two histories of one log");
        }

        string text = new ConsistencyProofFile(old.Size, MerkleProof.Consistency(old.Size, newest.Size, tree.Subtree), note).ToString();
        if (run.Value(Output) is { } path)
        {
            Write(path, Encoding.UTF8.GetBytes(text));
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["old_size"] = old.Size, ["size"] = newest.Size, ["proof"] = text, ["file"] = run.Value(Output) });
        }
        else if (run.Value(Output) is { } file)
        {
            run.Console.Say(Invariant($"the {newest.Size} lines of {newest.Origin} begin with the {old.Size} of {oldPath}: {file}"));
        }
        else
        {
            run.Console.Write(text);
        }

        return ExitCode.Ok;
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        using ReplacementFile file = new(path, ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        file.Stream.Write(content);
        file.Commit();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

namespace Tars.Verify.Logs;

/// <summary>The arguments of <c>tars-verify proof</c>.</summary>
internal sealed record ProofArguments(string Proof, string? Event, string? Old, string? OldKey, string Key, bool Json)
{
    internal const string Help = """
        tars-verify proof PROOF --event FILE --key FILE [-o json]
        tars-verify proof PROOF --old CHECKPOINT --key FILE [--old-key FILE] [-o json]

        Verifies that a line is in an audit log, or that the log still begins with what it was at an older checkpoint; without the log.

        PROOF                  the proof of inclusion (*.tlog-proof) or of consistency (*.tlog-consistency)
        --event FILE           the line, as it stands in the log
        --old CHECKPOINT       the older checkpoint, from whoever has kept it
        --old-key FILE         the public key of the epoch that signed it, where that is another one
        --key FILE             the public key, PEM, of the epoch that signed the proof's checkpoint
        -o json                the result as JSON

        Exit codes: 0 it is shown, 1 it is not shown, 2 wrong usage, 3 cannot read.

        """;

    /// <exception cref="UsageException">They are not of that form.</exception>
    internal static ProofArguments Parse(IReadOnlyList<string> args)
    {
        string? proof = null, line = null, old = null, oldKey = null, key = null;
        bool json = false;
        for (int i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--event":
                    line = AuditArguments.Value(args, ref i);
                    break;
                case "--old":
                    old = AuditArguments.Value(args, ref i);
                    break;
                case "--old-key":
                    oldKey = AuditArguments.Value(args, ref i);
                    break;
                case "--key":
                    key = AuditArguments.Value(args, ref i);
                    break;
                case "-o" or "--output":
                    json = AuditArguments.IsJson(AuditArguments.Value(args, ref i));
                    break;
                case ['-', ..] option:
                    throw new UsageException($"{option}: no such option; tars-verify proof --help lists them");
                default:
                    proof = proof is null && args[i].Length > 0 ? args[i] : throw new UsageException($"{args[i]}: one proof is expected");
                    break;
            }
        }

        return proof is null ? throw new UsageException("no proof is given; tars-verify proof --help shows the arguments")
            : new ProofArguments(
                proof,
                line is null && old is null ? throw new UsageException("--event FILE or --old CHECKPOINT is expected: a proof is of a line, or of an older checkpoint") : line is not null && old is not null ? throw new UsageException("--event and --old: a proof is of one of them") : line,
                old,
                oldKey,
                key ?? throw new UsageException("--key FILE is expected: nothing is trusted without it"),
                json);
    }
}

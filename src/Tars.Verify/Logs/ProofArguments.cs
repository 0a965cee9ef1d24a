namespace Tars.Verify.Logs;

/// <summary>The arguments of <c>tars-verify proof</c>.</summary>
internal sealed record ProofArguments(string Proof, string Event, string Key, bool Json)
{
    internal const string Help = """
        tars-verify proof PROOF --event FILE --key FILE [-o json]

        Verifies that a line is in an audit log, without the log.

        PROOF                  the proof of inclusion (*.tlog-proof)
        --event FILE           the line, as it stands in the log
        --key FILE             the public key, PEM, of the epoch that signed the proof's checkpoint
        -o json                the result as JSON

        Exit codes: 0 the line is in the log, 1 it is not shown to be, 2 wrong usage, 3 cannot read.

        """;

    /// <exception cref="UsageException">They are not of that form.</exception>
    internal static ProofArguments Parse(IReadOnlyList<string> args)
    {
        string? proof = null, line = null, key = null;
        bool json = false;
        for (int i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--event":
                    line = AuditArguments.Value(args, ref i);
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
                line ?? throw new UsageException("--event FILE is expected: a proof is of a line"),
                key ?? throw new UsageException("--key FILE is expected: nothing is trusted without it"),
                json);
    }
}

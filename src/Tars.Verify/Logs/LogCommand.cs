using Tars.Sealing.Logs;
using Tars.Sealing.Verification;
using Tars.Verify.Checks;
using Tars.Verify.Reporting;

namespace Tars.Verify.Logs;

/// <summary><c>tars-verify audit</c> and <c>tars-verify proof</c>.</summary>
internal static class LogCommand
{
    internal const string Audit = "audit";
    internal const string Proof = "proof";

    /// <returns>Whether what was asked holds.</returns>
    internal static async Task<bool> RunAsync(string verb, IReadOnlyList<string> args, TextWriter output)
    {
        if (args is ["--help" or "-h"])
        {
            await output.WriteAsync(verb == Audit ? AuditArguments.Help : ProofArguments.Help);
            return true;
        }

        return verb == Audit ? await AuditAsync(AuditArguments.Parse(args), output) : await ProofAsync(ProofArguments.Parse(args), output);
    }

    private static async Task<bool> AuditAsync(AuditArguments arguments, TextWriter output)
    {
        if (!Directory.Exists(arguments.Log))
        {
            throw new DirectoryNotFoundException($"{arguments.Log}: there is no such folder");
        }

        LogVerification result = LogVerifier.Verify(arguments.Log, arguments.Trust);
        IReadOnlyList<OlderPart> older = OlderPart.Of(arguments.Log, result);
        await output.WriteAsync(arguments.Json ? AuditReport.JsonOf(arguments.Log, result, older) : AuditReport.TextOf(arguments.Log, result, older));
        return AuditReport.IsGood(result, older);
    }

    private static async Task<bool> ProofAsync(ProofArguments arguments, TextWriter output)
    {
        byte[] file = InputFile.Read(arguments.Proof, SignedNote.MaximumBytes);
        if (arguments.Old is { } old)
        {
            string? why = ConsistencyProofFile.Refusal(file, InputFile.Read(old, SignedNote.MaximumBytes), TrustedKeys.FromFile(arguments.OldKey ?? arguments.Key).Keys.Single().Key, TrustedKeys.FromFile(arguments.Key).Keys.Single().Key, out Checkpoint? older, out Checkpoint? newer);
            Finding continues = new(arguments.Proof, Proof, why is null, why ?? $"the {newer!.Size} lines of {newer.Origin} that the key has signed begin with the {older!.Size} of {old}");
            await output.WriteAsync(arguments.Json ? JsonReport.Of([continues]) : TextReport.Of([continues]));
            return continues.IsGood;
        }

        byte[] line = InputFile.Read(arguments.Event!, EventLine.MaximumBytes);
        InclusionVerdict verdict = InclusionProofFile.TryParse(file, out InclusionProofFile? proof, out string? refusal)
            ? InclusionVerdict.Of(proof, line, TrustedKeys.FromFile(arguments.Key).Keys.Single().Key)
            : new InclusionVerdict.Refused(refusal);
        Finding finding = verdict switch
        {
            InclusionVerdict.Included included => new Finding(
                arguments.Event!, Proof, true, $"line {included.Line.Sequence} of {included.Checkpoint.Origin}, whose {included.Checkpoint.Size} lines the key has signed", $"written {included.Line.Timestamp:yyyy-MM-dd'T'HH:mm:ss.ffffff}Z, as the line says"),
            InclusionVerdict.Refused refused => new Finding(arguments.Proof, Proof, false, refused.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        await output.WriteAsync(arguments.Json ? JsonReport.Of([finding]) : TextReport.Of([finding]));
        return finding.IsGood;
    }
}

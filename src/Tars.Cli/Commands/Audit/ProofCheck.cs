using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Logs;
using Tars.Sealing.Verification;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit verify --proof FILE</c>: one line, or an older checkpoint, without the log.</summary>
internal static class ProofCheck
{
    private static readonly Option<string?> Proof = CommonOptions.Text("--proof", "FILE", "Verifies a proof in place of a log: of the line in --event, or of the checkpoint in --old; --key is the key of the epoch that signed it");

    private static readonly Option<string?> Event = CommonOptions.Text("--event", "FILE", "The line that a proof of inclusion is of");

    private static readonly Option<string?> Old = CommonOptions.Text("--old", "FILE", "The older checkpoint that a proof of consistency begins with");

    public static IEnumerable<Option> Options => [Proof, Event, Old];

    /// <summary>Verifies the proof that is named.</summary>
    /// <param name="run">The command.</param>
    /// <param name="keys">The public keys; for a proof of consistency the older checkpoint's first, where it is another one.</param>
    /// <returns>The exit code; null when no proof is named.</returns>
    public static int? Run(CommandRun run, IReadOnlyList<string> keys)
    {
        if (run.Value(Proof) is not { } proof)
        {
            return null;
        }

        if (keys.Count is 0 or > 2 || run.Value(Event) is null == run.Value(Old) is null)
        {
            throw new UsageException($"{Proof.Name}: a key, and either {Event.Name} or {Old.Name}, is needed");
        }

        (string? refusal, string shown) = run.Value(Old) is { } old ? Consistency(proof, old, keys) : Inclusion(proof, run.Value(Event)!, keys[^1]);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["verified"] = refusal is null, ["proof"] = proof, ["shown"] = refusal is null ? shown : null, ["refusal"] = refusal });
        }
        else
        {
            run.Console.Say(refusal is null ? $"verified: {shown}" : $"NOT VERIFIED: {proof}: {refusal}");
        }

        return refusal is null ? ExitCode.Ok : ExitCode.Negative;
    }

    private static (string? Refusal, string Shown) Consistency(string proof, string old, IReadOnlyList<string> keys)
    {
        string? refusal = ConsistencyProofFile.Refusal(
            Read(proof), Read(old), TrustedKeys.FromFile(keys[0]).Keys.Single().Key, TrustedKeys.FromFile(keys[^1]).Keys.Single().Key, out Checkpoint? older, out Checkpoint? newer);
        return (refusal, string.Create(CultureInfo.InvariantCulture, $"the {newer?.Size} lines of {newer?.Origin} begin with the {older?.Size} of {old}"));
    }

    private static (string? Refusal, string Shown) Inclusion(string proof, string line, string key)
    {
        if (!InclusionProofFile.TryParse(Read(proof), out InclusionProofFile? file, out string? form))
        {
            return (form, string.Empty);
        }

        return InclusionVerdict.Of(file, Read(line), TrustedKeys.FromFile(key).Keys.Single().Key) switch
        {
            InclusionVerdict.Included included => (null, string.Create(CultureInfo.InvariantCulture, $"line {included.Line.Sequence} is in the {included.Checkpoint.Size} lines of {included.Checkpoint.Origin} that were signed")),
            InclusionVerdict.Refused refused => (refused.Reason, string.Empty),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static byte[] Read(string path) => !File.Exists(path) ? throw new UsageException($"{path}: there is no such file")
        : new FileInfo(path).Length > EventLine.MaximumBytes ? throw new UsageException($"{path}: it is too long for a proof, a line or a checkpoint")
        : File.ReadAllBytes(path);
}

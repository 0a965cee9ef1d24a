using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys revoke KEY</c>: says that a key must not be believed any longer, since when and why.</summary>
internal static class KeysRevokeCommand
{
    private static readonly Argument<string> Key = KeysArguments.Key();

    private static readonly Option<string?> Reason = CommonOptions.Text("--reason", "REASON", "compromised, superseded or discontinued");

    private static readonly Option<string?> Comment = CommonOptions.Text("--comment", "TEXT", "In your own words");

    private static readonly Option<bool> Unsigned = CommonOptions.Flag("--unsigned", "In the ring alone, without the signed statement: for keys that nobody can open any more");

    public static Command Create() => KeysCommand.Verb(
        "revoke", "Says that a key must not be believed any longer", Key, Run, "tars keys revoke 0123456789abcdef --reason superseded --ring keys", Reason, Comment, Unsigned);

    private static int Run(CommandRun run)
    {
        string text = run.Value(Reason) ?? string.Empty;
        RevocationReason? reason = Enum.GetValues<RevocationReason>().Where(known => SealingOptions.NameOf(known) == text).Select(known => (RevocationReason?)known).FirstOrDefault();
        if (reason is not { } found)
        {
            throw new UsageException($"--reason: '{text}' is no reason", "write compromised, superseded or discontinued");
        }

        KeyRingAccess access = SealingOptions.Access(run);
        KeyRing ring = access.Ring();
        using Passphrase? opens = run.Has(Unsigned) ? null : access.Passphrase();
        KeyWithdrawal made = ring.Revoke(ring.Find(run.Value(Key)!).KeyId, found, run.Value(Comment) ?? string.Empty, opens, isStated: !run.Has(Unsigned));
        return KeysCommand.Tell(run, [made.Entry], made.StatementPath is { } path ? [$"the signed statement of the revocation is {path}"] : []);
    }
}

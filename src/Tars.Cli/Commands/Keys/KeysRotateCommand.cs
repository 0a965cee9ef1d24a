using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys rotate signing|encryption</c>: new keys become the current ones; old ones still verify and open.</summary>
internal static class KeysRotateCommand
{
    private static readonly Option<string?> Reason = CommonOptions.Text("--reason", "TEXT", "For the signed statement of the transition");

    public static Command Create()
    {
        TarsCommand rotate = new("rotate", "Makes new current keys; the old ones still verify and open", "tars keys rotate signing --ring keys", "tars keys rotate encryption --ring keys");
        rotate.Subcommands.Add(KeysCommand.Verb(
            "signing", "New signing keys, and a statement of the transition that old and new keys sign", null,
            run => Run(run, (ring, opens, protects) => ring.RotateSigning(opens, protects, run.Value(Reason) ?? string.Empty)), "tars keys rotate signing --ring keys --reason yearly", Reason, KeysArguments.NewPassphraseFile));
        rotate.Subcommands.Add(KeysCommand.Verb(
            "encryption", "A new encryption key; 'tars rewrap' puts older files under it", null, run => Run(run, (ring, _, protects) => ring.RotateEncryption(protects)), "tars keys rotate encryption --ring keys", KeysArguments.NewPassphraseFile));
        return rotate;
    }

    private static int Run(CommandRun run, Func<KeyRing, Passphrase?, Passphrase?, KeyRotation> rotate)
    {
        KeyRingAccess access = SealingOptions.Access(run);
        using Passphrase? opens = access.Passphrase();
        using Passphrase? other = run.Value(KeysArguments.NewPassphraseFile) is { } file ? KeyRingAccess.PassphraseOf(SealingOptions.FileOf(file, KeysArguments.NewPassphraseFile)) : null;
        KeyRotation made = rotate(access.Ring(), opens, other ?? opens);
        return KeysCommand.Tell(run, made.Added, [.. made.Added.Select(key => $"fingerprint {key.Fingerprint}"), .. made.TransitionPath is { } path ? (string[])[$"the statement of the transition is {path}"] : []]);
    }
}

using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys create signing|encryption</c>: makes keys, and the ring where there is none.</summary>
internal static class KeysCreateCommand
{
    public static Command Create()
    {
        TarsCommand create = new("create", "Makes keys; the first ones make the ring", "tars keys create signing --ring keys", "tars keys create encryption --ring keys");
        create.Subcommands.Add(KeysCommand.Verb(
            "signing", "Makes the pair that signs: RSA-4096 and ECDSA P-256", null, run => Make(run, (ring, passphrase) => ring.CreateSigning(passphrase)), "tars keys create signing --ring keys"));
        create.Subcommands.Add(KeysCommand.Verb(
            "encryption", "Makes an AES-256 key", null, run => Make(run, (ring, passphrase) => [ring.CreateEncryption(passphrase)]), "tars keys create encryption --ring keys"));
        return create;
    }

    private static int Make(CommandRun run, Func<KeyRing, Passphrase?, IReadOnlyList<KeyEntry>> make)
    {
        KeyRingAccess access = SealingOptions.Access(run);
        KeyRing ring = access.Ring();
        using Passphrase? passphrase = access.Passphrase();
        if (!ring.Exists)
        {
            ring.Create();
        }

        IReadOnlyList<KeyEntry> made = make(ring, passphrase);
        return KeysCommand.Tell(run, made, [.. made.Select(key => $"fingerprint {key.Fingerprint}"), passphrase is null ? $"in {ring.FullPath}, without a passphrase" : $"in {ring.FullPath}, with a passphrase"]);
    }
}

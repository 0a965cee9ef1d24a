using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys import FILE</c>: takes a key in; somebody else's public key is believed from then on.</summary>
internal static class KeysImportCommand
{
    private static readonly Argument<string> KeyFile = new("FILE") { Description = "PEM, 32 raw bytes or 64 hexadecimal digits" };

    private static readonly Option<string?> Opens = CommonOptions.Text("--file-passphrase-file", "FILE", "Holds the passphrase that opens the file");

    public static Command Create() => KeysCommand.Verb(
        "import", "Takes a key in: one that signs or encrypts, or somebody else's public key that is believed", KeyFile, Run, "tars keys import theirs.pub --ring keys", Opens);

    private static int Run(CommandRun run)
    {
        KeyRingAccess access = SealingOptions.Access(run);
        KeyRing ring = access.Ring();
        string path = run.Value(KeyFile)!;
        using SecretBytes content = Read(path);
        using Passphrase? opens = run.Value(Opens) is { } file ? KeyRingAccess.PassphraseOf(SealingOptions.FileOf(file, Opens)) : null;
        using Passphrase? protects = access.Passphrase();
        if (!ring.Exists)
        {
            ring.Create();
        }

        KeyEntry added = ring.Import(content.Span, opens, protects);
        return KeysCommand.Tell(run, [added], $"fingerprint {added.Fingerprint}");
    }

    // The file may lie open: a public key does, and the ring closes its own copy of a secret one.
    private static SecretBytes Read(string path)
    {
        using FileStream file = File.Exists(path) ? File.OpenRead(path) : throw new UsageException($"{path}: there is no such file");
        using SecretBytes room = new((64 << 10) + 1);
        int length = file.ReadAtLeast(room.Span, room.Length, throwOnEndOfStream: false);
        return length < room.Length ? new SecretBytes(room.Span[..length]) : throw new UsageException($"{path}: it is larger than any key");
    }
}

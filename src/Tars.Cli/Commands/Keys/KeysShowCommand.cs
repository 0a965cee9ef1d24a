using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys show KEY</c>: one key, its fingerprint and its public part.</summary>
internal static class KeysShowCommand
{
    private static readonly Argument<string> Key = KeysArguments.Key();

    public static Command Create() => KeysCommand.Verb("show", "Shows a key: its fingerprint, to be read out, and its public part", Key, Run, "tars keys show 0123456789abcdef --ring keys");

    private static int Run(CommandRun run)
    {
        KeyRingAccess access = SealingOptions.Access(run);
        if (access.Token?.Find(run.Value(Key)!) is { } inToken)
        {
            return KeysCommand.Tell(run, [], [inToken], $"fingerprint {inToken.PublicKey.Fingerprint}", inToken.PublicKey.ToPem().TrimEnd('\n'));
        }

        KeyRing ring = access.Ring();
        KeyEntry entry = ring.Find(run.Value(Key)!);
        string[] publicPart = entry.Purpose == KeyPurpose.Encryption ? [] : [ring.PublicKeyOf(entry).ToPem().TrimEnd('\n')];
        return KeysCommand.Tell(run, [entry], [$"fingerprint {entry.Fingerprint}", .. publicPart]);
    }
}

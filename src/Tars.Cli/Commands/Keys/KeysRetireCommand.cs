using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys retire KEY PATH…</c>: takes a key out of use; for an encryption key it looks first whether files still name it.</summary>
internal static class KeysRetireCommand
{
    private static readonly Argument<string> Key = KeysArguments.Key();

    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Files and folders that may hold sealed files", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        TarsCommand retire = KeysCommand.Verb("retire", "Takes a key out of use; an encryption key only when no file below PATH names it", Key, Run, "tars keys retire 0123456789abcdef reports --ring keys");
        retire.Arguments.Add(Paths);
        return retire;
    }

    private static int Run(CommandRun run)
    {
        KeyRing ring = SealingOptions.Access(run).Ring();
        KeyEntry entry = ring.Find(run.Value(Key)!);
        string[] paths = run.Value(Paths) ?? [];
        if (entry.Purpose != KeyPurpose.Encryption)
        {
            return KeysCommand.Tell(run, [ring.Retire(entry.KeyId, [])]);
        }

        if (paths.Length == 0)
        {
            throw new UsageException("the files that the key may have sealed are looked at first, and no PATH was given", "name the folders of sealed files, for example reports");
        }

        if (paths.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
        {
            throw new UsageException($"{missing}: there is no such file or folder");
        }

        KeyUse use = SealedFiles.Naming(paths, new KeyVersion(entry.KeyId, entry.Version), CancellationToken.None);
        if (use.Unclear.Count > 0)
        {
            throw new UsageException($"{use.Unclear[0].Path}: {use.Unclear[0].Reason}", "it is not known whether the file names the key; move it away, or leave it out of PATH");
        }

        KeyEntry retired = ring.Retire(entry.KeyId, use.Naming);
        return KeysCommand.Tell(run, [retired], $"{use.Looked} sealed files were looked at; none names it");
    }
}

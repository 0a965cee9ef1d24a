using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Keys;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary><c>tars rewrap PATH…</c>: puts sealed files under the current key of the ring.</summary>
internal static class RewrapCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Sealed files, and folders in which every sealed file is meant", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string[]> From = new("--from")
    {
        HelpName = "ID",
        Description = "A key that is to go; may be repeated. Default: every key of the ring but the current one",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "rewrap",
            "Puts sealed files under the ring's current key; only headers are written anew, contents are not checked. Goes on where it was interrupted; exit code 1 when a file was refused",
            [SealingKeys.RingOption, From, SealingKeys.PassphraseOption, ConfigFormat.TableOrJson],
            RunAsync,
            "tars rewrap reports/ --ring keys");
        command.Arguments.Add(Paths);
        return command;
    }

    private static Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string[] paths = run.Value(Paths) ?? [];
        if (paths.Length == 0)
        {
            throw new UsageException("a file or folder is needed");
        }

        if (Array.Find(paths, path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
        {
            throw new UsageException($"{missing}: there is no such file or folder");
        }

        using SealingKeys keys = SealingKeys.Of(run);
        KeyEntry target = keys.Ring!.CurrentEncryption();
        using KeyEncryptionKey current = new(target.KeyId, target.Version, keys.Bytes(target.KeyId).Span);
        IReadOnlyList<KeyEncryptionKey> replaced = Replaced(keys, keys.Ring, target, run.Value(From) ?? []);
        try
        {
            return Task.FromResult(Run(run, Rewrapping.Run(paths, replaced, current, cancellationToken), current.Name));
        }
        finally
        {
            foreach (KeyEncryptionKey key in replaced)
            {
                key.Dispose();
            }
        }
    }

    // A key file outside a ring seals as version 1; the same key in the ring may have another version.
    private static IReadOnlyList<KeyEncryptionKey> Replaced(SealingKeys keys, KeyRing ring, KeyEntry current, string[] names)
    {
        KeyEntry[] entries = names.Length == 0
            ? [.. keys.EncryptionEntries().Where(entry => entry.KeyId != current.KeyId)]
            : [.. names.Select(ring.Find).DistinctBy(entry => entry.KeyId)];
        if (Array.Find(entries, entry => entry.KeyId == current.KeyId || entry.Purpose != KeyPurpose.Encryption) is { } wrong)
        {
            throw new UsageException($"--from {wrong.KeyId}: it is {(wrong.KeyId == current.KeyId ? "the current key, which takes the place of others" : "no encryption key")}");
        }

        return entries.Length == 0
            ? throw new UsageException($"{ring.FullPath}: the ring has one encryption key only, so no other can go", "'tars keys rotate encryption' makes the next one")
            : [.. entries.SelectMany(entry => new[] { entry.Version, 1 }.Distinct().Select(version => new KeyEncryptionKey(entry.KeyId, version, keys.Bytes(entry.KeyId).Span)))];
    }

    private static int Run(CommandRun run, IEnumerable<RewrapResult> results, KeyVersion current)
    {
        JsonArray files = [];
        int rewrapped = 0;
        int unchanged = 0;
        int refused = 0;
        foreach (RewrapResult result in results)
        {
            switch (result)
            {
                case RewrapResult.Rewrapped done:
                    rewrapped++;
                    files.Add((JsonNode)new JsonObject { ["path"] = done.Path, ["state"] = "rewrapped", ["replaced"] = SealedJson.Recipients(done.Replaced) });
                    run.Console.Progress(string.Create(CultureInfo.InvariantCulture, $"rewrapping: {rewrapped} files  {done.Path}"));
                    break;
                case RewrapResult.Unchanged same:
                    unchanged++;
                    files.Add((JsonNode)new JsonObject { ["path"] = same.Path, ["state"] = "unchanged" });
                    break;
                case RewrapResult.Refused wrong:
                    refused++;
                    files.Add((JsonNode)new JsonObject { ["path"] = wrong.Path, ["state"] = "refused", ["reason"] = wrong.Reason });
                    run.Console.Fail($"{wrong.Path}: {wrong.Reason}");
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["current"] = SealedJson.Key(current), ["files"] = files });
        }
        else
        {
            run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"rewrapped for {current}: {rewrapped}; named none of the keys that go: {unchanged}; refused: {refused}"));
        }

        return refused > 0 ? ExitCode.Negative : ExitCode.Ok;
    }
}

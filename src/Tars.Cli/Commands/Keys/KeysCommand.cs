using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Keys;
using Tars.Sealing.Pkcs11;
using Tars.Sealing.Signatures;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys</c>: the key ring. Keys are made here and nowhere else.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        TarsCommand keys = new(
            "keys", "The key ring: makes, lists and replaces the keys that sign and encrypt", "tars keys create signing --ring keys", "tars keys list --ring keys");
        keys.Subcommands.Add(KeysCreateCommand.Create());
        keys.Subcommands.Add(Verb("list", "Lists the keys", null, List, "tars keys list --ring keys"));
        keys.Subcommands.Add(KeysShowCommand.Create());
        keys.Subcommands.Add(KeysExportCommand.Create());
        keys.Subcommands.Add(KeysImportCommand.Create());
        keys.Subcommands.Add(KeysRotateCommand.Create());
        keys.Subcommands.Add(KeysRetireCommand.Create());
        keys.Subcommands.Add(KeysRevokeCommand.Create());
        return keys;
    }

    /// <summary>A verb with the options of all of them, and one argument or none.</summary>
    public static TarsCommand Verb(string name, string description, Argument? argument, Func<CommandRun, int> run, string example, params Option[] options)
    {
        TarsCommand command = TarsCommand.Verb(
            name, description, [.. options, .. SealingOptions.Keys, ConfigFormat.TableOrJson], (own, _) => Task.FromResult(Guarded(own, run)), example);
        if (argument is not null)
        {
            command.Arguments.Add(argument);
        }

        return command;
    }

    /// <summary>Tells keys, as lines or as JSON.</summary>
    public static int Tell(CommandRun run, IEnumerable<KeyEntry> entries, params string[] lines) => Tell(run, entries, [], lines);

    /// <summary>Tells keys of a ring and of a token, as lines or as JSON.</summary>
    public static int Tell(CommandRun run, IEnumerable<KeyEntry> entries, IReadOnlyList<TokenKey> inToken, params string[] lines)
    {
        KeyEntry[] all = [.. entries];
        run.Audit.Tell("keys", ConfigFormat.List(all.Select(entry => entry.KeyId)));
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["keys"] = new JsonArray([.. all.Select(SealingOptions.Json), .. inToken.Select(SealingOptions.Json)]) });
            return ExitCode.Ok;
        }

        foreach (string line in ConfigFormat.Aligned([.. all.Select(Row), .. inToken.Select(Row)]).Concat(lines))
        {
            run.Console.Say(line);
        }

        return ExitCode.Ok;
    }

    private static int List(CommandRun run)
    {
        KeyRingAccess access = SealingOptions.Access(run);
        IReadOnlyList<TokenKey> inToken = access.Token?.PublicKeys() ?? [];
        IReadOnlyList<KeyEntry> entries = access.HasRing || access.Token is null ? access.Ring().Entries() : [];
        return Tell(run, entries, inToken, [
            .. access.HasRing && entries.Count == 0 ? (string[])["the ring has no keys"] : [],
            .. access.Token is not null && inToken.Count == 0 ? (string[])["the token shows no public key that fits and is permitted"] : [],
        ]);
    }

    private static string[] Row(KeyEntry entry) =>
        [entry.KeyId[..16], SealingOptions.NameOf(entry.Purpose), entry.Algorithm, $"version {entry.Version}", $"since {SealingOptions.Instant(entry.CreatedAt)}", SealingOptions.StateOf(entry)];

    private static string[] Row(TokenKey key) =>
        [key.PublicKey.KeyId[..16], SealingOptions.NameOf(KeyPurpose.Signing), AlgorithmPolicy.NameOf(key.PublicKey.Algorithm), $"token '{key.Token}'", $"'{key.Label}'", $"id {key.Id}"];

    // What the system refuses (no right, no room) is the machine's failure, and not a defect.
    private static int Guarded(CommandRun run, Func<CommandRun, int> command)
    {
        try
        {
            return command(run);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException and not KeyRingException))
        {
            throw new SealingException(exception.Message, null, exception);
        }
    }
}

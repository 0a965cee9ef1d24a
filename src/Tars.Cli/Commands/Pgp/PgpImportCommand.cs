using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Crypt;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp import FILE…</c>: takes keys into a keyring file. A GnuPG home is never written.</summary>
internal static class PgpImportCommand
{
    private static readonly Argument<string[]> Files = new("FILE") { Description = "Files of keys, armoured or not; - alone is standard input", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> Into = CommonOptions.Text(
        "--keyring", "FILE", "The keyring file that takes the keys in; made where there is none, armoured when it ends in .asc. Default: security.pgp_keyring");

    private static readonly Option<bool> Secret = CommonOptions.Flag("--secret", "Takes secret keys in as well, protected as they are; the keyring is then its owner's alone");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "import", "Takes keys into a keyring file; whatever is in it is believed by 'tars pgp verify'. Compare the fingerprints with the keys' owners",
            [Into, Secret, ConfigFormat.TableOrJson], RunAsync, "tars pgp import auditor.asc --keyring auditors.asc", "tars pgp import own-secret.asc --secret --keyring own.asc");
        command.Arguments.Add(Files);
        return command;
    }

    private static Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string[] files = run.Value(Files) ?? [];
        if (files.Length == 0)
        {
            throw new UsageException("a file of keys is needed", "- is standard input");
        }

        if (files.Length > 1 && files.Contains(CryptJob.Standard))
        {
            throw new UsageException("- stands for standard input and is given alone");
        }

        OpenPgpSettings settings = OpenPgpSettings.Of(run.Load(run.Search()));
        string target = run.Value(Into) ?? (settings.KeyRings.Count > 0 ? settings.KeyRings[0] : null) ?? throw new UsageException(
            "no keyring file is named", settings.Home is null ? "give --keyring FILE, or write security.pgp_keyring" : "a GnuPG home is not written: 'gpg --import' does that, or give --keyring FILE");
        OpenPgpKeyRing before = File.Exists(target) ? OpenPgpKeyRing.ReadFile(target) : OpenPgpKeyRing.Empty;
        OpenPgpKeyRing added = files.Aggregate(OpenPgpKeyRing.Empty, (ring, file) => ring.With(Read(file, cancellationToken)));
        bool leavesSecrets = added.HoldsSecretKeys && !run.Has(Secret);
        OpenPgpKeyRing after = before.With(leavesSecrets ? added.WithoutSecrets() : added);
        after.WriteFile(target, withSecrets: after.HoldsSecretKeys);
        Tell(run, target, before, added);
        if (leavesSecrets)
        {
            run.Console.Note("secret keys were left out; --secret takes them in");
        }

        return Task.FromResult(ExitCode.Ok);
    }

    private static OpenPgpKeyRing Read(string file, CancellationToken cancellationToken)
    {
        if (file == CryptJob.Standard)
        {
            using CryptInput input = new(new CryptJob(file, CryptJob.Standard), cancellationToken);
            return OpenPgpKeyRing.Read(input, "standard input");
        }

        return File.Exists(file) ? OpenPgpKeyRing.ReadFile(file) : throw new UsageException($"{file}: there is no such file");
    }

    private static void Tell(CommandRun run, string target, OpenPgpKeyRing before, OpenPgpKeyRing added)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        HashSet<string> known = [.. before.Keys.Select(key => key.Fingerprint)];
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["keyring"] = target,
                ["keys"] = new JsonArray([.. added.Keys.Select(key =>
                {
                    JsonObject json = PgpWords.Json(key, now);
                    json["new"] = !known.Contains(key.Fingerprint);
                    return (JsonNode)json;
                })]),
            });
            return;
        }

        foreach (OpenPgpKey key in added.Keys)
        {
            string refusal = key.RefuseAt(now) is { } reason ? $" (not used: {reason})" : string.Empty;
            run.Console.Say($"{(known.Contains(key.Fingerprint) ? "was there, joined" : "imported")}: {OpenPgpAccess.Describe(key)}{refusal}");
        }

        int all = before.Keys.Select(key => key.Fingerprint).Union(added.Keys.Select(key => key.Fingerprint)).Count();
        run.Console.Say($"{target} holds {all} {(all == 1 ? "key" : "keys")}");
    }
}

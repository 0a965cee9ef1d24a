using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Crypt;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp encrypt FILE…</c>: encrypts to the keys of one or more people, signed as well where that is asked for.</summary>
internal static class PgpEncryptCommand
{
    private const int MostRecipients = 32;

    private static readonly Argument<string[]> Files = CryptJob.FilesArgument();

    private static readonly Option<string[]> To = new("--to")
    {
        HelpName = "KEY",
        Description = "Whoever can open the result: fingerprint, key id or e-mail address; may be repeated. Default: security.pgp_key_id",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<bool> Sign = CommonOptions.Flag("--sign", "Signs the content as well, inside the encryption");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "encrypt",
            "Encrypts files to one or more keys. FILE stays; the result is FILE.pgp, or FILE.asc with --armor, and appears when it is whole",
            [
                To, Sign, PgpOptions.Key, .. PgpOptions.Keys, PgpOptions.PassphraseFile, PgpOptions.Armor, PgpOptions.Compression,
                CryptJob.OutputOption, CryptJob.Force, ConfigFormat.TableOrJson,
            ],
            RunAsync,
            "tars pgp encrypt report.pdf --to auditor@example.com --keyring auditors.asc",
            "tars pgp encrypt report.pdf --to 0123456789ABCDEF --sign --pgp-home ~/.gnupg --armor",
            "tars pgp encrypt - --to auditor@example.com --output report.pgp");
        command.Arguments.Add(Files);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string suffix = run.Has(PgpOptions.Armor) ? ".asc" : ".pgp";
        IReadOnlyList<CryptJob> jobs = CryptJob.Plan(run, run.Value(Files) ?? [], file => file + suffix);
        PgpOptions.RefuseTerminal(run, jobs);
        OpenPgpSettings settings = PgpOptions.SettingsOf(run);
        OpenPgpAccess access = new(settings, run.Time);
        IReadOnlyList<OpenPgpKey> recipients = Recipients(run, settings, access);
        OpenPgpSigner? signer = run.Has(Sign) ? access.Signer(run.Value(PgpOptions.Key), PgpOptions.Key.Name)
            : run.Value(PgpOptions.Key) is null ? null
            : throw new UsageException($"{PgpOptions.Key.Name}: it names the key that signs, and nothing is to be signed", "write --sign as well, or leave it out");
        JsonArray done = [];
        foreach (CryptJob job in jobs)
        {
            OpenPgpEncryption encryption = new(recipients, run.Time.GetUtcNow())
            {
                Signer = signer,
                Armor = run.Has(PgpOptions.Armor),
                Compression = PgpOptions.CompressionOf(run),
                FileName = PgpOptions.RecordedName(job),
            };
            await CryptStreams.RunAsync(
                run,
                job,
                $"encrypting {job.Input}",
                (input, output) => Task.Run(() => Encrypt(input, output, encryption), cancellationToken),
                _ => true,
                cancellationToken).ConfigureAwait(false);
            Tell(run, job, encryption, done);
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["files"] = done });
        }

        return ExitCode.Ok;
    }

    private static bool Encrypt(Stream input, Stream output, OpenPgpEncryption encryption)
    {
        OpenPgpMessage.Encrypt(input, output, encryption);
        return true;
    }

    private static OpenPgpKey[] Recipients(CommandRun run, OpenPgpSettings settings, OpenPgpAccess access)
    {
        string[] names = run.Value(To) ?? [];
        OpenPgpKey[] keys = names.Length > 0 ? [.. names.Select(name => access.One(name, To.Name))]
            : settings.Key is { } own ? [access.One(own, "security.pgp_key_id")]
            : throw new UsageException("whoever is to open the result is not named", "--to names a key by fingerprint, key id or e-mail address");
        if (keys.Length > MostRecipients)
        {
            throw new UsageException($"{keys.Length} recipients; {MostRecipients} are taken at most");
        }

        DateTimeOffset now = run.Time.GetUtcNow();
        foreach (OpenPgpKey key in keys)
        {
            if (!key.CanEncrypt(now))
            {
                throw new UsageException(
                    $"{OpenPgpAccess.Describe(key)}: nothing is encrypted to this key: {key.RefuseAt(now) ?? "it has no valid part that takes encrypted data"}",
                    "ask its owner for the current one");
            }
        }

        return keys.GroupBy(key => key.Fingerprint).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"--to: {OpenPgpAccess.Describe(twice.First())} is named twice")
            : keys;
    }

    private static void Tell(CommandRun run, CryptJob job, OpenPgpEncryption encryption, JsonArray done)
    {
        string text = $"encrypted to {string.Join("; ", encryption.Recipients.Select(OpenPgpAccess.Describe))}"
            + (encryption.Signer is { } signer ? $"; signed by {OpenPgpAccess.Describe(signer.Key)}" : string.Empty);
        if (ConfigFormat.IsJson(run))
        {
            done.Add((JsonNode)new JsonObject
            {
                ["input"] = job.Input,
                ["output"] = job.Output,
                ["recipients"] = PgpWords.Json(encryption.Recipients),
                ["signed_by"] = encryption.Signer?.Key.Fingerprint,
            });
        }
        else if (job.WritesStandardOutput)
        {
            run.Console.Note(text);
        }
        else
        {
            run.Console.Say($"{job.Input}: {text}: {job.Output}");
        }
    }
}

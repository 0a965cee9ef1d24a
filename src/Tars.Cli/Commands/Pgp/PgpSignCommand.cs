using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Crypt;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp sign FILE…</c>: a message with content and signature in it, or a signature beside each file.</summary>
internal static class PgpSignCommand
{
    private static readonly Argument<string[]> Files = CryptJob.FilesArgument();

    private static readonly Option<bool> Detached = CommonOptions.Flag("--detached", "The signature alone, beside FILE: FILE.sig, or FILE.asc with --armor");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "sign",
            "Signs files: FILE.pgp (FILE.asc with --armor) holds content and signature; with --detached the signature alone",
            [
                Detached, PgpOptions.Key, .. PgpOptions.Keys, PgpOptions.PassphraseFile, PgpOptions.Armor, PgpOptions.Compression,
                CryptJob.OutputOption, CryptJob.Force, ConfigFormat.TableOrJson,
            ],
            RunAsync,
            "tars pgp sign report.pdf --detached --armor --pgp-home ~/.gnupg --key me@example.com",
            "tars pgp sign report.pdf --keyring own.asc --passphrase-file passphrase");
        command.Arguments.Add(Files);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        bool detached = run.Has(Detached);
        bool armor = run.Has(PgpOptions.Armor);
        string suffix = armor ? ".asc" : detached ? ".sig" : ".pgp";
        IReadOnlyList<CryptJob> jobs = CryptJob.Plan(run, run.Value(Files) ?? [], file => file + suffix);
        PgpOptions.RefuseTerminal(run, jobs);
        if (detached && run.Value(PgpOptions.Compression) is not null)
        {
            throw new UsageException("--compress: a signature alone has no content to compress", "leave it out, or leave out --detached");
        }

        OpenPgpSigner signer = PgpOptions.Access(run).Signer(run.Value(PgpOptions.Key), PgpOptions.Key.Name);
        JsonArray done = [];
        foreach (CryptJob job in jobs)
        {
            DateTimeOffset now = run.Time.GetUtcNow();
            OpenPgpSigning signing = new(signer, now) { Armor = armor, Compression = PgpOptions.CompressionOf(run), FileName = PgpOptions.RecordedName(job) };
            await CryptStreams.RunAsync(
                run,
                job,
                $"signing {job.Input}",
                (input, output) => Task.Run(() => Sign(input, output, signing, detached), cancellationToken),
                _ => true,
                cancellationToken).ConfigureAwait(false);
            Tell(run, job, signing, done);
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["files"] = done });
        }

        return ExitCode.Ok;
    }

    private static bool Sign(Stream input, Stream output, OpenPgpSigning signing, bool detached)
    {
        if (detached)
        {
            output.Write(OpenPgpDetachedSignature.Sign(input, signing.Signer, signing.Time, signing.Armor));
        }
        else
        {
            OpenPgpMessage.Sign(input, output, signing);
        }

        return true;
    }

    private static void Tell(CommandRun run, CryptJob job, OpenPgpSigning signing, JsonArray done)
    {
        string text = $"signed by {OpenPgpAccess.Describe(signing.Signer.Key)}";
        if (ConfigFormat.IsJson(run))
        {
            done.Add((JsonNode)new JsonObject
            {
                ["input"] = job.Input,
                ["output"] = job.Output,
                ["signed_by"] = signing.Signer.Key.Fingerprint,
                ["signed_at"] = SealingOptions.Instant(signing.Time),
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

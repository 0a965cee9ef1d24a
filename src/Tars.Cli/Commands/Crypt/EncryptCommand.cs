using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary><c>tars encrypt FILE…</c>: seals files for the holders of keys.</summary>
internal static class EncryptCommand
{
    /// <summary>Ends the name of a sealed file.</summary>
    public const string Suffix = ".sealed";

    private const int LongestContentType = 127;

    private static readonly Argument<string[]> Files = CryptJob.FilesArgument();

    private static readonly Option<string[]> To = new("--to")
    {
        HelpName = "ID",
        Description = "A key of the ring that opens the result; may be repeated. Default: the current one",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string?> ContentType = CommonOptions.Text(
        "--content-type", "TYPE", $"Media type of the content, readable without a key. Default {SealOptions.UnknownContent}");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "encrypt",
            "Encrypts files for one or more keys. FILE stays; the result is FILE.sealed and appears when it is whole",
            [SealingKeys.RingOption, To, SealingKeys.KeyOption, SealingKeys.PassphraseOption, ContentType, CryptJob.OutputOption, CryptJob.Force, ConfigFormat.TableOrJson],
            RunAsync,
            "tars encrypt report.json --ring keys",
            "tars encrypt report.json report.md --key audit.key --key team.key --output sealed/",
            "tars encrypt - --key audit.key --output report.json.sealed");
        command.Arguments.Add(Files);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string contentType = run.Value(ContentType) ?? SealOptions.UnknownContent;
        if (contentType.Length is 0 or > LongestContentType || contentType.Any(character => character is < '!' or > '~'))
        {
            throw new UsageException($"{ContentType.Name}: '{contentType}' is no content type; 1 to {LongestContentType} visible ASCII characters are expected");
        }

        IReadOnlyList<CryptJob> jobs = CryptJob.Plan(run, run.Value(Files) ?? [], file => file + Suffix);
        if (jobs.Any(job => job.WritesStandardOutput) && !System.Console.IsOutputRedirected)
        {
            throw new UsageException("encrypted content is not written to a terminal", "name a file with --output");
        }

        using SealingKeys keys = SealingKeys.Of(run);
        IReadOnlyList<KeyEncryptionKey> recipients = keys.Recipients(run.Value(To) ?? []);
        JsonArray done = [];
        try
        {
            foreach (CryptJob job in jobs)
            {
                SealResult result = await SealAsync(run, job, recipients, new SealOptions(contentType), cancellationToken).ConfigureAwait(false);
                Tell(run, job, result, done);
            }
        }
        finally
        {
            foreach (KeyEncryptionKey recipient in recipients)
            {
                recipient.Dispose();
            }
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["files"] = done });
        }

        return ExitCode.Ok;
    }

    private static async Task<SealResult> SealAsync(
        CommandRun run, CryptJob job, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options, CancellationToken cancellationToken)
    {
        string what = $"encrypting {job.Input}";
        if (!job.ReadsStandardInput && !job.WritesStandardOutput)
        {
            string growing = ReplacementFile.TemporaryPathOf(job.Output);
            SealResult result = await CryptProgress.ShowAsync(
                run, what, CryptProgress.LengthOf(job.Input), () => CryptProgress.LengthOf(growing),
                FileSealing.SealAsync(job.Input, job.Output, recipients, options, cancellationToken)).ConfigureAwait(false);
            AuditedRun.Wrote(run.Audit, job.Output);
            return result;
        }

        return await CryptStreams.RunAsync(
            run, job, what, (input, output) => StreamSealing.SealAsync(input, output, recipients, options, cancellationToken), _ => true, cancellationToken).ConfigureAwait(false);
    }

    private static void Tell(CommandRun run, CryptJob job, SealResult result, JsonArray done)
    {
        string[] names = [.. result.Header.Recipients.Select(name => name.ToString())];
        string text = $"{job.Input}: encrypted for {string.Join(", ", names)}: {job.Output}";
        if (ConfigFormat.IsJson(run))
        {
            done.Add((JsonNode)new JsonObject
            {
                ["input"] = job.Input,
                ["output"] = job.Output,
                ["content_type"] = result.Header.ContentType,
                ["plain_bytes"] = result.PlainBytes,
                ["sealed_bytes"] = result.SealedBytes,
                ["recipients"] = SealedJson.Recipients(result.Header.Recipients),
            });
        }
        else if (job.WritesStandardOutput)
        {
            run.Console.Note($"encrypted for {string.Join(", ", names)}");
        }
        else
        {
            run.Console.Say(text);
        }
    }
}

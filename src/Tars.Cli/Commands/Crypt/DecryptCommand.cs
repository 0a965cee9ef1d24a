using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary><c>tars decrypt FILE…</c>: verifies and opens sealed files.</summary>
internal static class DecryptCommand
{
    private const string LegacySuffix = ".enc";

    private static readonly Argument<string[]> Files = CryptJob.FilesArgument();

    private static readonly Option<bool> Legacy = CommonOptions.Flag(
        "--legacy", "Reads the predecessor's .enc files (AES-256-CBC), which nothing authenticates; warns each time");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "decrypt",
            "Decrypts what 'tars encrypt' made; changed or cut files give exit code 1 and no file. Standard output gets verified parts as they come: only exit code 0 says that it was all",
            [SealingKeys.RingOption, SealingKeys.KeyOption, SealingKeys.PassphraseOption, Legacy, CryptJob.OutputOption, CryptJob.Force, ConfigFormat.TableOrJson],
            RunAsync,
            "tars decrypt report.json.sealed --ring keys",
            "tars decrypt report.json.sealed --key audit.key --output -",
            "tars decrypt old.json.enc --legacy --key old.key");
        command.Arguments.Add(Files);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        bool legacy = run.Has(Legacy);
        IReadOnlyList<CryptJob> jobs = CryptJob.Plan(run, run.Value(Files) ?? [], file => NameOf(file, legacy ? LegacySuffix : EncryptCommand.Suffix));
        using SealingKeys keys = SealingKeys.Of(run);
        JsonArray done = [];
        int code = ExitCode.Ok;
        foreach (CryptJob job in jobs)
        {
            DecryptOutcome outcome = legacy
                ? await LegacyDecryption.RunAsync(run, job, keys.Only(), cancellationToken).ConfigureAwait(false)
                : Of(job, await OpenAsync(run, job, keys, cancellationToken).ConfigureAwait(false));
            outcome.Tell(run, job, done);
            code = code == ExitCode.Negative || outcome.ExitCode == ExitCode.Ok ? code : outcome.ExitCode;
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["files"] = done });
        }

        return code;
    }

    private static string NameOf(string file, string suffix) => file.EndsWith(suffix, StringComparison.Ordinal) && Path.GetFileName(file).Length > suffix.Length
        ? file[..^suffix.Length]
        : throw new UsageException($"{file}: the result has no name, because the file's does not end in {suffix}", "name the result with --output");

    private static async Task<OpenResult> OpenAsync(CommandRun run, CryptJob job, SealingKeys keys, CancellationToken cancellationToken)
    {
        string what = $"decrypting {job.Input}";
        if (job.ReadsStandardInput || job.WritesStandardOutput)
        {
            return await CryptStreams.RunAsync(
                run, job, what, (input, output) => OpenStreamAsync(input, output, keys, cancellationToken), result => result is OpenResult.Opened, cancellationToken).ConfigureAwait(false);
        }

        (SealedHeader? header, OpenResult.Malformed? malformed) = SealedHeader.Read(job.Input);
        if (header is null)
        {
            return malformed!;
        }

        string growing = ReplacementFile.TemporaryPathOf(job.Output);
        OpenResult result = await WithKeysAsync(keys, header, held => CryptProgress.ShowAsync(
            run, what, CryptProgress.LengthOf(job.Input), () => CryptProgress.LengthOf(growing),
            FileSealing.OpenAsync(job.Input, job.Output, held, cancellationToken))).ConfigureAwait(false);
        if (result is OpenResult.Opened)
        {
            AuditedRun.Wrote(run.Audit, job.Output);
        }

        return result;
    }

    private static async Task<OpenResult> OpenStreamAsync(CryptInput input, Stream output, SealingKeys keys, CancellationToken cancellationToken)
    {
        (SealedHeader? header, OpenResult.Malformed? malformed) = SealedHeader.Read(await input.PeekAsync(SealedHeader.LongestLength).ConfigureAwait(false));
        return header is null
            ? malformed!
            : await WithKeysAsync(keys, header, held => StreamSealing.OpenAsync(input, output, held, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<OpenResult> WithKeysAsync(SealingKeys keys, SealedHeader header, Func<IReadOnlyList<KeyEncryptionKey>, Task<OpenResult>> open)
    {
        IReadOnlyList<KeyEncryptionKey> held = keys.NamedBy(header);
        try
        {
            return await open(held).ConfigureAwait(false);
        }
        finally
        {
            foreach (KeyEncryptionKey key in held)
            {
                key.Dispose();
            }
        }
    }

    private static DecryptOutcome Of(CryptJob job, OpenResult result) => result switch
    {
        OpenResult.Opened opened => new DecryptOutcome(ExitCode.Ok, "opened", $"decrypted with key {opened.OpenedWith}", null, new JsonObject
        {
            ["content_type"] = opened.Header.ContentType,
            ["plain_bytes"] = opened.PlainBytes,
            ["key"] = SealedJson.Key(opened.OpenedWith),
        }),
        OpenResult.NoKey none => new DecryptOutcome(
            ExitCode.Usage, "no_key", none.Description, "give the key with --key FILE, or the ring that has it with --ring DIR",
            new JsonObject { ["recipients"] = SealedJson.Recipients(none.Header.Recipients) }),
        OpenResult.Malformed malformed => new DecryptOutcome(
            ExitCode.Negative, "malformed", malformed.Description, "it is no sealed file; --legacy reads the predecessor's", new JsonObject { ["offset"] = malformed.Offset }),
        OpenResult.Damaged damaged => new DecryptOutcome(
            ExitCode.Negative, "damaged", damaged.Description, job.WritesStandardOutput ? $"the {damaged.VerifiedBytes} bytes written are genuine and not all" : "nothing was written",
            new JsonObject { ["offset"] = damaged.Offset }),
        _ => throw new UnreachableException(),
    };
}

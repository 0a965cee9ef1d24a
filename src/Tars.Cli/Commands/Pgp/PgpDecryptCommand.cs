using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Crypt;
using Tars.Sealing.Keys;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp decrypt FILE…</c>: opens messages. Nothing of the content is handed out before all of it was verified.</summary>
internal static class PgpDecryptCommand
{
    private static readonly string[] Suffixes = [".pgp", ".gpg", ".asc"];

    private static readonly Argument<string[]> Files = CryptJob.FilesArgument();

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "decrypt",
            "Opens encrypted and signed messages. What was changed, cut, or carries a bad signature gives exit code 1 and no content, not even on standard output",
            [.. PgpOptions.Keys, PgpOptions.PassphraseFile, PgpOptions.SignedBy, PgpOptions.MaxSize, CryptJob.OutputOption, CryptJob.Force, ConfigFormat.TableOrJson],
            RunAsync,
            "tars pgp decrypt report.pdf.pgp --pgp-home ~/.gnupg --passphrase-file passphrase",
            "tars pgp decrypt report.pdf.asc --keyring own.asc --signed-by auditor@example.com --output report.pdf");
        command.Arguments.Add(Files);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        IReadOnlyList<CryptJob> jobs = CryptJob.Plan(run, run.Value(Files) ?? [], NameOf);
        OpenPgpAccess access = PgpOptions.Access(run);
        OpenPgpKeyRing keys = access.Keys;
        OpenPgpKey? by = run.Value(PgpOptions.SignedBy) is { } name ? access.One(name, PgpOptions.SignedBy.Name) : null;
        long? limit = PgpOptions.MaxSizeOf(run);
        using SecretBytes passphrase = access.Passphrase() ?? new SecretBytes(0);
        JsonArray done = [];
        int code = ExitCode.Ok;
        foreach (CryptJob job in jobs)
        {
            DecryptOutcome outcome = await CryptStreams.RunAsync(
                run, job, $"decrypting {job.Input}", (input, output) => OpenAsync(job, input, output), result => result.ExitCode == ExitCode.Ok, cancellationToken).ConfigureAwait(false);
            outcome.Tell(run, job, done);
            code = Math.Max(code, outcome.ExitCode);
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["files"] = done });
        }

        return code;

        async Task<DecryptOutcome> OpenAsync(CryptJob job, Stream input, Stream output)
        {
            if (!job.WritesStandardOutput)
            {
                return Of(await Task.Run(() => OpenPgpMessage.Open(input, output, keys, passphrase.Span, limit), cancellationToken).ConfigureAwait(false), by);
            }

            FileStream held = HeldBack.Create();
            await using (held.ConfigureAwait(false))
            {
                DecryptOutcome outcome = Of(await Task.Run(() => OpenPgpMessage.Open(input, held, keys, passphrase.Span, limit), cancellationToken).ConfigureAwait(false), by);
                if (outcome.ExitCode == ExitCode.Ok)
                {
                    await HeldBack.ReleaseAsync(held, output, cancellationToken).ConfigureAwait(false);
                }

                return outcome;
            }
        }
    }

    private static string NameOf(string file) =>
        Suffixes.FirstOrDefault(suffix => file.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(file).Length > suffix.Length) is { } found
            ? file[..^found.Length]
            : throw new UsageException($"{file}: the result has no name, because the file's does not end in {string.Join(" or ", Suffixes)}", "name the result with --output");

    private static DecryptOutcome Of(OpenPgpOpening opening, OpenPgpKey? by) => opening switch
    {
        OpenPgpOpening.Opened opened => OfSignature(opened, by),
        OpenPgpOpening.NoKey none => new DecryptOutcome(
            ExitCode.Usage, "no_key", $"it is encrypted to other keys than those at hand: {string.Join(", ", none.KeyIds)}", "name a keyring with the secret key, or a GnuPG home", []),
        OpenPgpOpening.Tampered tampered => new DecryptOutcome(ExitCode.Negative, "tampered", tampered.Reason, "nothing of it was handed out", []),
        OpenPgpOpening.TooLarge large => new DecryptOutcome(ExitCode.Negative, "too_large", PgpOptions.WordsOf(large), $"nothing of it was handed out; if you expect that much, raise the limit with {PgpOptions.MaxSize.Name}", []),
        OpenPgpOpening.Refused refused => new DecryptOutcome(ExitCode.Negative, "refused", refused.Reason, "nothing of it was handed out", []),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // Without --signed-by, a message that is not signed or whose signer is unknown is opened, and said to be so. A signature that is wrong never is.
    private static DecryptOutcome OfSignature(OpenPgpOpening.Opened opened, OpenPgpKey? by)
    {
        JsonObject details = new() { ["recipient"] = opened.RecipientKeyId, ["signature"] = PgpWords.Json(opened.Signature) };
        bool saysNothing = by is null && opened.Signature is (OpenPgpSignatureVerdict.Unsigned or OpenPgpSignatureVerdict.UnknownKey);
        if (PgpWords.RefusalOf(opened.Signature, by) is { } refusal && !saysNothing)
        {
            return new DecryptOutcome(ExitCode.Negative, "bad_signature", refusal, "nothing of it was handed out", details);
        }

        string how = opened.RecipientKeyId is { } recipient ? $"decrypted with key {recipient}" : "not encrypted";
        return new DecryptOutcome(ExitCode.Ok, "opened", $"{how}, {PgpWords.Of(opened.Signature)}", null, details);
    }
}

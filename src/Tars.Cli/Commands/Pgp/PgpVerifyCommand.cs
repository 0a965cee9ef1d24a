using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Crypt;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp verify FILE…</c>: by which key a file is signed, when, and what is wrong. Every key at hand is believed; there is no other trust.</summary>
internal static class PgpVerifyCommand
{
    private const int BeginningBytes = 4096;

    private static readonly string[] Suffixes = [".asc", ".sig"];

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Signed messages, signatures, or files with FILE.asc or FILE.sig beside them; - alone is standard input",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Signature = CommonOptions.Text("--signature", "FILE", "The signature of the one FILE, where it lies elsewhere");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "verify",
            "Verifies signatures: by which key, signed when, and what does not hold. Every key of the keyring is believed, so name a keyring of the keys you believe, or --signed-by",
            [Signature, PgpOptions.SignedBy, PgpOptions.MaxSize, .. PgpOptions.Keys, ConfigFormat.TableOrJson],
            RunAsync,
            "tars pgp verify report.pdf --keyring auditors.asc",
            "tars pgp verify report.pdf --signature elsewhere/report.sig --keyring auditors.asc --signed-by auditor@example.com");
        command.Arguments.Add(Files);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string[] files = run.Value(Files) ?? [];
        string? signature = run.Value(Signature);
        if (files.Length == 0)
        {
            throw new UsageException("a file is needed", "- is standard input");
        }

        if (files.Length > 1 && (signature is not null || files.Contains(CryptJob.Standard)))
        {
            throw new UsageException(signature is not null ? $"--signature is one FILE's, and there are {files.Length}" : "- stands for standard input and is given alone");
        }

        foreach (string file in files.Where(file => file != CryptJob.Standard).Concat(signature is null ? [] : [signature]))
        {
            _ = File.Exists(file) ? true : throw new UsageException($"{file}: {(Directory.Exists(file) ? "it is a folder; files are expected" : "there is no such file")}");
        }

        OpenPgpAccess access = PgpOptions.Access(run);
        OpenPgpKeyRing keys = access.Keys.WithoutSecrets();
        OpenPgpKey? by = run.Value(PgpOptions.SignedBy) is { } name ? access.One(name, PgpOptions.SignedBy.Name) : null;
        long? limit = PgpOptions.MaxSizeOf(run);
        List<Checked> all = [];
        foreach (string file in files)
        {
            all.Add(await CheckAsync(file, signature, keys, limit, cancellationToken).ConfigureAwait(false));
        }

        Tell(run, all, by);
        return all.All(one => one.RefusalFor(by) is null) ? ExitCode.Ok : ExitCode.Negative;
    }

    private static async Task<Checked> CheckAsync(string file, string? signature, OpenPgpKeyRing keys, long? limit, CancellationToken cancellationToken)
    {
        try
        {
            if (signature is not null)
            {
                return await DetachedAsync(file, signature, keys, cancellationToken).ConfigureAwait(false);
            }

            CryptInput input = new(new CryptJob(file, CryptJob.Standard), cancellationToken);
            await using (input.ConfigureAwait(false))
            {
                using MemoryStream beginning = new((await input.PeekAsync(BeginningBytes).ConfigureAwait(false)).ToArray(), writable: false);
                OpenPgpKind kind = OpenPgpBeginning.KindOf(beginning);
                if (kind == OpenPgpKind.Signature && SignedBy(file) is { } data)
                {
                    return await DetachedAsync(data, file, keys, cancellationToken).ConfigureAwait(false);
                }

                string[] beside = file == CryptJob.Standard ? [] : [.. Suffixes.Select(suffix => file + suffix).Where(IsSignature)];
                return beside.Length > 1 ? throw new UsageException($"{file}: two signatures lie beside it, {string.Join(" and ", beside)}", "name one with --signature")
                    : beside.Length == 1 ? await DetachedAsync(file, beside[0], keys, cancellationToken).ConfigureAwait(false)
                    : await Task.Run(() => Inline(file, kind, input, keys, limit), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealingException($"{file}: it cannot be read: {exception.Message}", null, exception);
        }
    }

    private static Checked Inline(string file, OpenPgpKind kind, Stream input, OpenPgpKeyRing keys, long? limit)
    {
        switch (kind)
        {
            case OpenPgpKind.Encrypted:
                throw new UsageException($"{file}: it is encrypted, and whether it is signed is seen only inside", "'tars pgp decrypt' opens it and verifies its signature");
            case OpenPgpKind.ClearSigned:
                throw new UsageException($"{file}: text with its signature below it (clear-signed) is not verified here", "ask for a detached signature, or use 'gpg --verify'");
            case OpenPgpKind.Keys:
                throw new UsageException($"{file}: it holds keys, not signed content", "'tars pgp list --keyring FILE' shows them");
            case OpenPgpKind.Signature:
                throw new UsageException($"{file}: it is a signature, and what it signs is not beside it", "tars pgp verify FILE --signature SIGNATURE names both");
            case OpenPgpKind.Unknown:
                return new Checked(file, null, new OpenPgpSignatureVerdict.Unsigned());
            default:
                return new Checked(file, null, OpenPgpMessage.Open(input, Stream.Null, keys, [], limit) switch
                {
                    OpenPgpOpening.Opened opened => opened.Signature,
                    OpenPgpOpening.Tampered tampered => new OpenPgpSignatureVerdict.Malformed(tampered.Reason),
                    OpenPgpOpening.TooLarge large => new OpenPgpSignatureVerdict.Malformed($"{PgpOptions.WordsOf(large)}; {PgpOptions.MaxSize.Name} raises the limit"),
                    OpenPgpOpening.Refused refused => new OpenPgpSignatureVerdict.Malformed(refused.Reason),
                    _ => new OpenPgpSignatureVerdict.Malformed("the content is encrypted; 'tars pgp decrypt' opens and verifies it"),
                });
        }
    }

    private static async Task<Checked> DetachedAsync(string file, string signature, OpenPgpKeyRing keys, CancellationToken cancellationToken)
    {
        CryptInput data = new(new CryptJob(file, CryptJob.Standard), cancellationToken);
        await using (data.ConfigureAwait(false))
        {
            FileStream sig = new(signature, new FileStreamOptions { Share = FileShare.Read | FileShare.Delete });
            await using (sig.ConfigureAwait(false))
            {
                return new Checked(file, signature, await Task.Run(() => OpenPgpDetachedSignature.Verify(data, sig, keys), cancellationToken).ConfigureAwait(false));
            }
        }
    }

    private static string? SignedBy(string signature) => Suffixes
        .Where(suffix => signature.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        .Select(suffix => signature[..^suffix.Length])
        .FirstOrDefault(File.Exists);

    private static bool IsSignature(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream file = File.OpenRead(path);
        return OpenPgpBeginning.KindOf(file) == OpenPgpKind.Signature;
    }

    private static void Tell(CommandRun run, List<Checked> all, OpenPgpKey? by)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["verified"] = all.All(one => one.RefusalFor(by) is null),
                ["checked"] = new JsonArray([.. all.Select(one => (JsonNode)new JsonObject
                {
                    ["path"] = one.File,
                    ["signature_file"] = one.SignatureFile,
                    ["verified"] = one.RefusalFor(by) is null,
                    ["reason"] = one.RefusalFor(by),
                    ["signature"] = PgpWords.Json(one.Verdict),
                })]),
            });
            return;
        }

        foreach (Checked one in all)
        {
            string? refusal = one.RefusalFor(by);
            run.Console.Say($"{(refusal is null ? "holds" : "DOES NOT HOLD")}: {one.File}");
            run.Console.Say($"  {(one.SignatureFile is null ? string.Empty : $"{one.SignatureFile}: ")}{refusal ?? PgpWords.Of(one.Verdict)}");
        }
    }

    private sealed record Checked(string File, string? SignatureFile, OpenPgpSignatureVerdict Verdict)
    {
        public string? RefusalFor(OpenPgpKey? by) => Verdict is OpenPgpSignatureVerdict.Unsigned && SignatureFile is null
            ? "it is not signed: it is no signed message, and no signature lies beside it"
            : PgpWords.RefusalOf(Verdict, by);
    }
}

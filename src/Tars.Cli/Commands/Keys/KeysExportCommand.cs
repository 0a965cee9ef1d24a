using System.CommandLine;
using System.Text;
using Tars.Application.Publishing;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Reports;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Cli.Commands.Keys;

/// <summary><c>tars keys export KEY</c>: the public key; with <c>--secret</c> the secret one, to a file that only its owner can read.</summary>
internal static class KeysExportCommand
{
    private static readonly Argument<string> Key = KeysArguments.Key();

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "The new file; standard output without it, which a secret key never goes to");

    private static readonly Option<bool> Secret = CommonOptions.Flag("--secret", "The private or AES-256 key in place of the public one; needs --output");

    private static readonly Option<bool> Revocation = CommonOptions.Flag("--revocation", "The signed statement of the key's revocation in place of the key");

    public static Command Create() => KeysCommand.Verb(
        "export", "Writes a public key, or with --secret the secret one to a file", Key, Run, "tars keys export 0123456789abcdef --ring keys --output rsa.pub", Output, Secret, Revocation, KeysArguments.NewPassphraseFile);

    private static int Run(CommandRun run)
    {
        KeyRingAccess access = SealingOptions.Access(run);
        if (access.Token?.Find(run.Value(Key)!) is { } inToken)
        {
            return run.Has(Secret)
                ? throw new UsageException($"--secret: key {inToken.PublicKey.KeyId[..16]} is in the token '{inToken.Token}' and does not leave it", "without --secret its public key is written")
                : WritePublic(run, inToken.PublicKey);
        }

        KeyRing ring = access.Ring();
        KeyEntry entry = ring.Find(run.Value(Key)!);
        if (run.Has(Revocation))
        {
            byte[] statement = run.Has(Secret) ? throw new UsageException("--secret and --revocation: one of them says what is written")
                : ring.RevocationOf(entry) ?? throw new UsageException($"key {entry.KeyId[..16]} has no signed statement of a revocation", "'tars keys revoke' makes it");
            return WriteFile(run, entry.KeyId, statement, "application/json", "the signed statement of the revocation of");
        }

        if (run.Has(Secret))
        {
            string path = run.Value(Output) ?? throw new UsageException("--secret: a secret key is written to a file only", "write --output FILE");
            using Passphrase? opens = access.Passphrase();
            using Passphrase? protects = run.Value(KeysArguments.NewPassphraseFile) is { } file
                ? KeyRingAccess.PassphraseOf(SealingOptions.FileOf(file, KeysArguments.NewPassphraseFile)) : null;
            using SecretBytes content = ring.ExportSecret(entry, opens, protects);
            KeyRing.WriteExported(path, content);
            run.Audit.Tell("keys", ConfigFormat.List([entry.KeyId]));
            run.Audit.Tell("secret", true);
            run.Console.Say($"{path} holds the secret key {entry.KeyId[..16]}{(protects is null ? ", without a passphrase" : string.Empty)}");
            return ExitCode.Ok;
        }

        return WritePublic(run, ring.PublicKeyOf(entry));
    }

    private static int WritePublic(CommandRun run, PublicKey key) => WriteFile(run, key.KeyId, Encoding.ASCII.GetBytes(key.ToPem()), "application/x-pem-file", "the public key");

    private static int WriteFile(CommandRun run, string keyId, byte[] content, string mediaType, string what)
    {
        run.Audit.Tell("keys", ConfigFormat.List([keyId]));
        run.Audit.Tell("secret", false);
        if (run.Value(Output) is not { } output)
        {
            run.Console.Write(Encoding.UTF8.GetString(content));
            return ExitCode.Ok;
        }

        string folder = Path.GetDirectoryName(output) is { Length: > 0 } parent ? parent : ".";
        new ReportDirectory(folder).WriteAsync(new Report("keys", [new ReportFile(Path.GetFileName(output), mediaType, content)]), CancellationToken.None)
            .GetAwaiter().GetResult();
        run.Console.Say($"{output} holds {what} {keyId[..16]}");
        return ExitCode.Ok;
    }
}

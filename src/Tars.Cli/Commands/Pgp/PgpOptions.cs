using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Crypt;
using Tars.Configuration.Scalars;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Cli.Commands.Pgp;

/// <summary>Options that several verbs of <c>tars pgp</c> have. A passphrase comes from a file or the configuration, never from the command line.</summary>
internal static class PgpOptions
{
    public static Option<string[]> KeyRing { get; } = new("--keyring")
    {
        HelpName = "FILE",
        Description = "A file of OpenPGP keys, armoured or not; may be repeated. In place of security.pgp_keyring and pgp_home_dir",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string?> Home { get; } = CommonOptions.Text(
        "--pgp-home", "DIR", "A GnuPG home, such as ~/.gnupg: its keys are read, nothing is written. In place of security.pgp_keyring and pgp_home_dir");

    public static Option<string?> PassphraseFile { get; } = CommonOptions.Text(
        "--passphrase-file", "FILE", "Holds the secret key's passphrase, in place of security.pgp_passphrase and pgp_passphrase_file");

    public static Option<string?> Key { get; } = CommonOptions.Text(
        "--key", "KEY", "The key that signs: fingerprint, key id or e-mail address. Default: security.pgp_key_id, or the only secret key");

    public static Option<string?> SignedBy { get; } = CommonOptions.Text(
        "--signed-by", "KEY", "The only key whose signature counts: fingerprint, key id or e-mail address");

    public static Option<bool> Armor { get; } = CommonOptions.Flag("--armor", "Writes text (ASCII armour) in place of binary", "-a");

    public static Option<string?> Compression { get; } = Compressions();

    public static Option<string?> MaxSize { get; } = CommonOptions.Text(
        "--max-size", "SIZE", "The largest content, such as 20GiB. Default: 1GiB, or 200 times the message where that is more");

    /// <summary>The limit of a content in bytes; null for the default.</summary>
    /// <exception cref="UsageException">It is no size.</exception>
    public static long? MaxSizeOf(CommandRun run) =>
        run.Value(MaxSize) is not { } text ? null
        : ByteSizeText.TryParse(text, out long bytes) && bytes > 0 ? bytes
        : throw new UsageException($"{MaxSize.Name}: '{text}' is no size", "write for example 20GiB");

    /// <summary>What is said of a content that is too large.</summary>
    public static string WordsOf(OpenPgpOpening.TooLarge large) =>
        $"its content is larger than {ByteSizeText.Format(large.Limit)}, far more than a message of its size holds unless it is a compression bomb";

    /// <summary>The options that say which keys are meant.</summary>
    public static IReadOnlyList<Option> Keys { get; } = [KeyRing, Home];

    /// <summary>What the configuration and the options say.</summary>
    public static OpenPgpSettings SettingsOf(CommandRun run)
    {
        OpenPgpSettings settings = OpenPgpSettings.Of(run.Load(run.Search()));
        string[] files = run.Value(KeyRing) ?? [];
        string? home = run.Value(Home);
        return settings with
        {
            KeyRings = files.Length > 0 || home is not null ? files : settings.KeyRings,
            Home = files.Length > 0 || home is not null ? home : settings.Home,
            Passphrase = run.Value(PassphraseFile) is { } file ? SealingOptions.FileOf(file, PassphraseFile) : settings.Passphrase,
        };
    }

    /// <summary>Access to the keys that are meant.</summary>
    public static OpenPgpAccess Access(CommandRun run) => new(SettingsOf(run), run.Time);

    /// <summary>How content is compressed.</summary>
    public static OpenPgpCompression CompressionOf(CommandRun run) =>
        run.Value(Compression) is { } name ? Enum.Parse<OpenPgpCompression>(name, ignoreCase: true) : OpenPgpCompression.Zip;

    /// <summary>The file name that a message records: none for standard input.</summary>
    public static string RecordedName(CryptJob job) => job.ReadsStandardInput ? string.Empty : Path.GetFileName(job.Input);

    /// <summary>Refuses binary content on a terminal.</summary>
    public static void RefuseTerminal(CommandRun run, IReadOnlyList<CryptJob> jobs)
    {
        if (!run.Has(Armor) && jobs.Any(job => job.WritesStandardOutput) && !System.Console.IsOutputRedirected)
        {
            throw new UsageException("binary content is not written to a terminal", "--armor writes text; --output names a file");
        }
    }

    private static Option<string?> Compressions()
    {
        string[] names = [.. Enum.GetNames<OpenPgpCompression>().Select(name => name.ToLowerInvariant())];
        Option<string?> option = new("--compress") { HelpName = string.Join('|', names), Description = "How the content is compressed. Default: zip" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !names.Contains(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no compression; write {string.Join(", ", names[..^1])} or {names[^1]}");
            }
        });
        option.CompletionSources.Add(names);
        return option;
    }
}

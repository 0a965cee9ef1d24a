using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Configuration.Layers;

namespace Tars.Cli.Commands.Serve;

/// <summary>Options of <c>tars serve</c>, and what each says of the configuration.</summary>
internal static class ServeOptions
{
    public static readonly Option<string?> Host = CommonOptions.Text("--host", "ADDRESS", "The address that is listened on (api.host)");
    public static readonly Option<string?> Port = CommonOptions.Text("--port", "N", "The port that is listened on (api.port)");
    public static readonly Option<string?> Certificate = CommonOptions.Text("--tls-cert", "FILE", "The certificate chain in PEM (api.tls_cert_path); turns TLS on");
    public static readonly Option<string?> Key = CommonOptions.Text("--tls-key", "FILE", "The certificate's private key in PEM (api.tls_key_path); turns TLS on");
    public static readonly Option<bool> NoTls = CommonOptions.Flag("--no-tls", "Serves without TLS, whatever the configuration says; refused in prod unless waived");
    public static readonly Option<bool> Tls = CommonOptions.Flag("--tls", "Serves over TLS (api.tls_enabled)");
    public static readonly Option<string?> Urls = CommonOptions.Text("--urls", "URLS", "Where it listens, in place of host and port: http://127.0.0.1:8100, several with ; between; port 0 takes a free one");
    public static readonly Option<bool> Reload = CommonOptions.Flag("--reload", "Of the predecessor; left out: nothing is reloaded, start the program again");
    public static readonly Option<string?> Workers = CommonOptions.Text("--workers", "N", "Of the predecessor; left out: one process uses all cores, and replicas share a store (docs/guides/api.md)");

    public static IReadOnlyList<Option> All => [Host, Port, Certificate, Key, NoTls, Tls, Urls, Reload, Workers];

    /// <summary>What the options of a run say of the configuration.</summary>
    public static IEnumerable<CommandLineSetting> SettingsOf(CommandRun run)
    {
        if (!run.Knows(Urls))
        {
            yield break;
        }

        if (run.Has(NoTls) && (run.Has(Tls) || run.Value(Certificate) is not null || run.Value(Key) is not null))
        {
            throw new UsageException($"{NoTls.Name}: TLS is asked for and refused at once", $"leave {NoTls.Name} out, or {Tls.Name}, {Certificate.Name} and {Key.Name}");
        }

        foreach ((Option<string?> option, string path) in ((Option<string?>, string)[])[(Host, "api.host"), (Port, "api.port"), (Certificate, "api.tls_cert_path"), (Key, "api.tls_key_path")])
        {
            if (run.Value(option) is { } text)
            {
                yield return new CommandLineSetting(option.Name, path, text);
            }
        }

        Option? on = run.Has(Tls) ? Tls : run.Value(Certificate) is not null ? Certificate : run.Value(Key) is not null ? Key : null;
        if (on is not null)
        {
            yield return new CommandLineSetting(on.Name, "api.tls_enabled", "true");
        }
        else if (run.Has(NoTls))
        {
            yield return new CommandLineSetting(NoTls.Name, "api.tls_enabled", "false");
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Tars.Configuration.Scalars;

namespace Tars.Cli.CommandLine;

/// <summary>The options that every analysing command has.</summary>
internal static class CommonOptions
{
    public static Option<string?> Profile { get; } = Text("--profile", "NAME", "Built-in profile (local, dev, staging, prod) or a profile file's name");

    public static Option<string[]> Config { get; } = Many("--config", "PATH", "Configuration file; a.b=c sets one value, like --set");

    public static Option<string[]> Set { get; } = Many("--set", "KEY=VALUE", "Sets one configuration value; may be repeated");

    public static Option<string?> PrometheusUrl { get; } = Text("--prometheus-url", "URL", "The backend to read, in place of observability.prometheus_url", "--api-url");

    public static Option<string?> Backend { get; } = Text("--backend", "NAME", "One of observability.backends");

    public static Option<string?> Capture { get; } = Text("--capture", "DIR", "Reads a capture in place of a backend");

    public static Option<string?> From { get; } = Text("--from", "TIME", "Start of the window, ISO 8601; without an offset in the configured time zone", "--ga-start");

    public static Option<string?> To { get; } = Text("--to", "TIME", "End of the window (exclusive)", "--ga-end");

    public static Option<string?> Window { get; } = Text("--window", "DURATION", "Length of the window, for example 24h or 7d");

    public static Option<string?> TimeZone { get; } = Text("--time-zone", "ZONE", "Time zone in which a day is meant, for example Europe/Berlin");

    public static Option<string?> Services { get; } = Text("--services", "A,B", "Only these services");

    public static Option<string?> Output { get; } = Text("--output", "DIR", "Folder for the report files; 'none' writes no files");

    public static Option<OutputFormat> Format { get; } = new("--format", "-o")
    {
        Description = "What standard output gets: table, json, csv or markdown",
        HelpName = "FORMAT",
        CustomParser = result => Enum.TryParse(result.Tokens[0].Value, ignoreCase: true, out OutputFormat format) && !char.IsAsciiDigit(result.Tokens[0].Value[0])
            ? format
            : Refuse(result, $"'{result.Tokens[0].Value}' is no output format; write table, json, csv or markdown"),
    };

    public static Option<bool> Quiet { get; } = Flag("--quiet", "No notes and no progress; errors and warnings remain", "-q");

    public static Option<bool> NoColor { get; } = Flag("--no-color", "No colours (as does the variable NO_COLOR)");

    public static Option<bool> Verbose { get; } = Flag("--verbose", "Shows every query with its time", "-v");

    public static Option<bool> Plan { get; } = Flag("--plan", "Prints the queries and the load they would cause, and sends nothing");

    public static Option<bool> Sign { get; } = Flag("--sign", "Signs what is written: one envelope beside its files");

    public static Option<bool> Encrypt { get; } = Flag("--encrypt", "Encrypts the report: FILE.sealed in place of each file");

    public static Option<string?> Timestamp { get; } = Text(
        "--timestamp", "URL", "Fetches a timestamp (RFC 3161) of what is signed from this authority, in place of security.timestamp_url; without one nothing is written");

    public static Option<bool> Store { get; } = Flag("--store", "Keeps the report in the store as well: that of the section storage, else one in ./tars-data");

    public static Option<string?> Shard { get; } = Text(
        "--shard", "I/N", "Reads part I of N of the services (the first is 0) and keeps the answers; the verb merge makes the report of all parts");

    /// <summary>Options that say how to speak; every command has them.</summary>
    public static IReadOnlyList<Option> Speaking { get; } = [Quiet, NoColor, Verbose];

    /// <summary>Options that say which configuration holds.</summary>
    public static IReadOnlyList<Option> Configuring { get; } = [Profile, Config, Set];

    /// <summary>Options that say where series come from.</summary>
    public static IReadOnlyList<Option> Reading { get; } = [PrometheusUrl, Backend, Capture, From, To, Window, TimeZone, Services, Plan];

    /// <summary>Options that say where results go.</summary>
    public static IReadOnlyList<Option> Writing { get; } = [Output, Format, Sign, Encrypt, Timestamp, Store];

    /// <summary>Parses an instant: ISO 8601; a date alone is its midnight; without an offset it is meant in <paramref name="zone"/>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static DateTimeOffset? Instant(Option<string?> option, string? text, TimeZoneInfo zone)
    {
        if (text is null)
        {
            return null;
        }

        string[] local = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];
        if (DateTime.TryParseExact(text, local, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime wall))
        {
            return new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime();
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant)
            ? instant.ToUniversalTime()
            : throw new UsageException($"{option.Name}: '{text}' is no time; write for example 2026-01-12T00:00:00Z or 2026-01-12");
    }

    /// <summary>Parses a positive duration.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static TimeSpan? Duration(Option<string?> option, string? text) =>
        text is null ? null
        : DurationText.TryParse(text, out TimeSpan duration) && duration > TimeSpan.Zero ? duration
        : throw new UsageException($"{option.Name}: '{text}' is no duration; write for example 90s, 5m, 24h or 7d");

    /// <summary>An option with a text.</summary>
    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = helpName, Description = description };

    /// <summary>A switch.</summary>
    public static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    private static Option<string[]> Many(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    private static OutputFormat Refuse(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}

/// <summary>What standard output gets.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Csv,
    Markdown,
}

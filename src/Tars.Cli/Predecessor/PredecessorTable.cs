using System.Globalization;

namespace Tars.Cli.Predecessor;

/// <summary>Every command and flag of the predecessor and what became of it. docs/guides/migration.md shows this table; a test holds the two together.</summary>
internal static class PredecessorTable
{
    private const string FromSeries = "computed from series; give --capture DIR or a backend";

    private static readonly PredecessorFlag[] Everywhere =
    [
        Works("--profile", "--profile NAME"),
        Works("--config", "--config PATH"),
        new("--encrypt", false, FlagFate.Works, "--encrypt, with a key that 'tars keys create encryption' makes"),
        new("--sign", false, FlagFate.Works, "--sign, with keys that 'tars keys create signing' makes"),
        new("--no-compliance", false, FlagFate.LeftOut, "nothing to turn off: no compliance check runs here"),
    ];

    private static readonly PredecessorFlag Duration = new(
        "--duration", true, FlagFate.Translated, "--window, for example --window 24h", hours => ["--window", $"{Minutes(hours, 60)}m"]);

    private static readonly PredecessorFlag TestMode = new("--test-mode", false, FlagFate.LeftOut, "a short --window does the same");

    /// <summary>The commands.</summary>
    public static IReadOnlyList<PredecessorCommand> All { get; } =
    [
        new("ga-kpi", "kpi", "looks back over stored data at once; 'tars kpi watch' follows a window live",
        [
            Duration,
            new("--interval", true, FlagFate.Translated, "--interval, for example --interval 5m", minutes => ["--interval", $"{Minutes(minutes, 1)}m"]),
            Works("--output", "--output DIR"), Works("--prometheus-url", "--prometheus-url URL"), Works("--api-url", "--prometheus-url URL"),
            Works("--ga-start", "--from TIME"), Works("--ga-end", "--to TIME"), Works("--services", "--services A,B"), .. Everywhere,
        ]),
        new("stability-monitor", "stability", "looks back over stored data at once",
        [
            Works("--baseline", "--baseline FILE"), Duration,
            new("--interval", true, FlagFate.LeftOut, "every step of the window is read; observability.step sets it"),
            Works("--output", "--output DIR"), Works("--prometheus-url", "--prometheus-url URL"), Works("--api-url", "--prometheus-url URL"), TestMode, .. Everywhere,
        ]),
        new("anomaly-detector", "anomalies", "reads series, not the files of another tool",
        [
            new("--data", true, FlagFate.Refused, FromSeries + "; for one series in CSV: tars anomalies detect --csv FILE"),
            Duration, Works("--ewma-alpha", "--ewma-alpha NUMBER with --method ewma"), Works("--z-window", "--z-window N with --method zscore"),
            OutputFile, TestMode, .. Everywhere,
        ], MethodOf),
        new("health-report", "daily", "the day is chosen with --date; --day only numbers the files",
        [
            Works("--day", "--day N"),
            new("--stability-data", true, FlagFate.Refused, FromSeries),
            new("--anomaly-events", true, FlagFate.Refused, "anomalies of the day are looked for in the same run"),
            Works("--output", "--output DIR"), new("--auto", false, FlagFate.LeftOut, "it is always so"),
        ]),
        new("regression-analyzer", "regressions", "compares series around deployments and between periods, not summaries",
        [
            new("--ga-baseline", true, FlagFate.Refused, "tars regressions --compare-to TIME compares with a period; tars stability --baseline FILE with a summary"),
            new("--7day-data", true, FlagFate.Refused, FromSeries),
            new("--staging-baseline", true, FlagFate.Refused, "tars stability --baseline FILE compares with a summary"),
            new("--v1-0-0-baseline", true, FlagFate.Refused, "tars stability --baseline FILE compares with a summary"),
            Works("--output", "--output DIR"), new("--only-baseline", false, FlagFate.Refused, "tars kpi shows the figures of a period"), TestMode, .. Everywhere,
        ]),
        new("retro", "retro", null,
        [
            new("--ga-data", true, FlagFate.Refused, FromSeries), new("--7day-data", true, FlagFate.Refused, FromSeries),
            new("--regression", true, FlagFate.Refused, "regressions are looked for in the same run"),
            new("--anomalies", true, FlagFate.Refused, "anomalies are looked for in the same run"),
            OutputFile, new("--auto", false, FlagFate.LeftOut, "it is always so"), .. Everywhere,
        ]),
    ];

    private static PredecessorFlag OutputFile => new(
        "--output", true, FlagFate.Translated, "--output DIR: a folder, the files keep their names", path =>
            ["--output", Path.HasExtension(path) ? Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : "." : path]);

    // Both old detectors always ran; now one is named. The moving average has the settings of both.
    private static IReadOnlyList<string> MethodOf(IReadOnlyList<string> arguments)
    {
        bool Has(string name) => arguments.Any(argument => argument.Split('=', 2)[0] == name);
        return Has("--method") ? [] : Has("--ewma-alpha") ? ["--method", "ewma"] : Has("--z-window") ? ["--method", "zscore"] : [];
    }

    private static PredecessorFlag Works(string name, string now) => new(name, true, FlagFate.Works, now);

    /// <summary>A count of hours or minutes in whole minutes.</summary>
    /// <exception cref="FormatException">It is no positive number.</exception>
    private static long Minutes(string text, int perUnit) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number * perUnit is >= 1 and < 1e7
            ? (long)Math.Round(number * perUnit)
            : throw new FormatException($"'{text}' is no count of {(perUnit == 60 ? "hours" : "minutes")}");
}

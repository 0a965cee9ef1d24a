using System.CommandLine;
using Tars.Cli.Commands;

namespace Tars.Cli.Tests.Canaries;

/// <summary>Every command that runs, found in the command tree, and a command line for each.</summary>
internal static class EveryCommand
{
    private const string Report = " report";

    // Two hours of the simulated fleet.
    private const string Window = "--from 2026-01-05T02:00Z --to 2026-01-05T04:00Z";

    // RING stands for the id of the ring's RSA key, see PlantedKeys.
    private static readonly Dictionary<string, string> Arguments = new(StringComparer.Ordinal)
    {
        ["kpi"] = Window,
        ["kpi watch"] = Window,
        ["kpi merge"] = "shards",
        ["stability merge"] = "shards",
        ["anomalies merge"] = "shards",
        ["daily merge"] = "shards",
        ["regressions merge"] = "shards",
        ["retro merge"] = "shards",
        ["stability"] = "--from 2026-01-05T00:00Z --to 2026-01-06T00:00Z",
        ["anomalies"] = Window,
        ["anomalies detect"] = "--csv series.csv",
        ["daily"] = "--date 2026-01-05",
        ["regressions"] = Window,
        ["regressions changepoints"] = "--csv series.csv",
        ["retro"] = Window,
        ["capture"] = Window,
        ["capture import"] = "--csv series.csv --output imported",
        ["capture show"] = "nowhere",
        ["discover"] = "--output found.yaml",
        ["demo"] = "--output shown",
        ["completion"] = "bash",
        ["encrypt"] = "series.csv --key-ring made",
        ["decrypt"] = "kept/series.csv.sealed --key-ring made --output opened.csv",
        ["rewrap"] = "kept/series.csv.sealed --key-ring made",
        ["init"] = "--yes --output start.yaml",
        ["config show"] = "--origin",
        ["config explain"] = "observability",
        ["config validate"] = "",
        ["config diff"] = "local dev",
        ["config schema"] = "",
        ["config docs"] = "",
        ["keys create signing"] = "--ring made",
        ["keys create encryption"] = "--ring made",
        ["keys list"] = "--ring made",
        ["keys show"] = "RING --ring made",
        ["keys export"] = "RING --secret --output exported.key --ring made",
        ["keys import"] = "imported.key --ring made",
        ["keys rotate signing"] = "--ring made",
        ["keys rotate encryption"] = "--ring made",
        ["keys retire"] = "RING --ring made",
        ["keys revoke"] = "RING --reason superseded --ring made",
        ["sign"] = "series.csv --ring made",
        ["pgp encrypt"] = "series.csv --to nobody@example.com --keyring none.asc",
        ["pgp decrypt"] = "series.csv --output opened.csv --keyring none.asc",
        ["pgp sign"] = "series.csv --keyring none.asc",
        ["pgp verify"] = "series.csv --keyring none.asc",
        ["pgp list"] = "--keyring none.asc",
        ["pgp import"] = "series.csv --keyring none.asc",
        ["audit init"] = "--log audited",
        ["audit key"] = "--log audited",
        ["audit verify"] = "audited",
        ["audit query"] = "--log audited",
        ["audit prove"] = "0 --log audited",
        ["audit erase-subject"] = "nobody --yes --log audited",
        ["audit checkpoint"] = "--log audited --mirror mirrored",
        ["audit tail"] = "--log audited",
        ["audit stats"] = "--log audited",
        ["audit export"] = "--log audited",
        ["audit witness"] = "--create-key --key witness.pem --name w",
        ["audit retain"] = "--older-than 1d --dry-run --log audited",
        ["audit hold set"] = "--reason case --log audited",
        ["audit hold release"] = "--reason case --log audited",
        ["audit approve"] = "request.json --yes --log audited",
        ["audit hold show"] = "--log audited",
        ["schedules list"] = "--next 3",
        ["schedules run"] = "morning",
        ["schedules history"] = "--outcome failed",
        ["schedules start"] = "--drain 1s",
        ["serve"] = "--urls nowhere",
        ["api get"] = "health --url http://127.0.0.1:1",
        ["verify"] = "kept/series.csv.dsse.json --ring made",
        ["config migrate"] = "old.yaml --dry-run",
        ["reports list"] = "",
        ["reports show"] = "latest",
        ["reports open"] = "latest",
        ["reports verify"] = "latest",
        ["reports export"] = "latest --output evidence",
        ["store migrate"] = "",
        ["store check"] = "",
        ["store backup"] = "backup",
        ["store restore"] = "backup --dry-run",
        ["store gc"] = "",
        ["store recover"] = "",
        ["store export"] = "rows.jsonl",
        ["store import"] = "rows.jsonl",
        ["users create"] = "nobody --role sre --no-password",
        ["users list"] = "",
        ["users disable"] = "nobody",
        ["users enable"] = "nobody",
        ["users reset"] = "nobody --second-factor",
        ["users role"] = "nobody --role sre",
        ["users review"] = "",
        ["api-keys create"] = "ci --user nobody",
        ["api-keys list"] = "",
        ["api-keys rotate"] = "0198c0de-0000-7000-8000-000000000001",
        ["api-keys revoke"] = "0198c0de-0000-7000-8000-000000000001",
    };

    /// <summary>The commands, such as <c>kpi watch</c>, in the order of the tree; the verb <c>report</c> is its noun by itself and left out.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Where(name => !name.EndsWith(Report, StringComparison.Ordinal))];

    /// <summary>The nouns whose verb <c>report</c> is left out.</summary>
    public static IReadOnlyList<string> Nouns { get; } = [.. All.Where(name => name.EndsWith(Report, StringComparison.Ordinal)).Select(name => name[..^Report.Length])];

    private static IEnumerable<string> All => Below(TarsRootCommand.Create(), "").Select(pair => pair.Name);

    /// <summary>The names of a command's options.</summary>
    public static IEnumerable<string> OptionsOf(string name) => Below(TarsRootCommand.Create(), "").Single(pair => pair.Name == name).Command.Options.Select(option => option.Name);

    /// <summary>Whether a command has an option.</summary>
    public static bool Has(string name, string option) => Below(TarsRootCommand.Create(), "").Single(pair => pair.Name == name).Command.Options.Any(
        own => own.Name == option || own.Aliases.Contains(option));

    /// <summary>Arguments that make a command do its work, the command's name first.</summary>
    /// <exception cref="KeyNotFoundException">The command is new: it needs a line here.</exception>
    public static string[] LineOf(string name) => [.. name.Split(' '), .. Arguments[name].Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static IEnumerable<(string Name, Command Command)> Below(Command command, string name)
    {
        if (name.Length > 0 && command.Action is not null)
        {
            yield return (name, command);
        }

        foreach (Command child in command.Subcommands)
        {
            foreach ((string, Command) below in Below(child, name.Length == 0 ? child.Name : $"{name} {child.Name}"))
            {
                yield return below;
            }
        }
    }
}

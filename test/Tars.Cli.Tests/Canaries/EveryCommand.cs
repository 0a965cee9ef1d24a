using System.CommandLine;
using Tars.Cli.Commands;

namespace Tars.Cli.Tests.Canaries;

/// <summary>Every command that runs, found in the command tree, and a command line for each.</summary>
internal static class EveryCommand
{
    // Two hours of the simulated fleet.
    private const string Window = "--from 2026-01-05T02:00Z --to 2026-01-05T04:00Z";

    private static readonly Dictionary<string, string> Arguments = new(StringComparer.Ordinal)
    {
        ["kpi"] = Window,
        ["kpi report"] = Window,
        ["kpi watch"] = Window,
        ["stability"] = "--from 2026-01-05T00:00Z --to 2026-01-06T00:00Z",
        ["stability report"] = "--from 2026-01-05T00:00Z --to 2026-01-06T00:00Z",
        ["anomalies"] = Window,
        ["anomalies report"] = Window,
        ["anomalies detect"] = "--csv series.csv",
        ["daily"] = "--date 2026-01-05",
        ["daily report"] = "--date 2026-01-05",
        ["regressions"] = Window,
        ["regressions report"] = Window,
        ["regressions changepoints"] = "--csv series.csv",
        ["retro"] = Window,
        ["retro report"] = Window,
        ["capture"] = Window,
        ["capture import"] = "--csv series.csv --output imported",
        ["capture show"] = "nowhere",
        ["discover"] = "--output found.yaml",
        ["demo"] = "--output shown",
        ["completion"] = "bash",
        ["init"] = "--yes --output start.yaml",
        ["config show"] = "--origin",
        ["config explain"] = "observability",
        ["config validate"] = "",
        ["config diff"] = "local dev",
        ["config schema"] = "",
        ["config docs"] = "",
        ["config migrate"] = "old.yaml --dry-run",
    };

    /// <summary>The commands, such as <c>kpi watch</c>, in the order of the tree.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Below(TarsRootCommand.Create(), "").Select(pair => pair.Name)];

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

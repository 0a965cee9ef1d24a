using System.CommandLine;
using System.CommandLine.Help;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Anomalies;
using Tars.Cli.Commands.Audit;
using Tars.Cli.Commands.Capture;
using Tars.Cli.Commands.Completion;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Crypt;
using Tars.Cli.Commands.Daily;
using Tars.Cli.Commands.Demo;
using Tars.Cli.Commands.Discover;
using Tars.Cli.Commands.Init;
using Tars.Cli.Commands.Keys;
using Tars.Cli.Commands.Kpi;
using Tars.Cli.Commands.Pgp;
using Tars.Cli.Commands.Regressions;
using Tars.Cli.Commands.Reports;
using Tars.Cli.Commands.Retro;
using Tars.Cli.Commands.Schedules;
using Tars.Cli.Commands.Sealing;
using Tars.Cli.Commands.Stability;
using Tars.Cli.Commands.Store;

namespace Tars.Cli.Commands;

/// <summary>The root of the command tree; each noun has its line here.</summary>
internal static class TarsRootCommand
{
    /// <summary>Every noun and what makes it, in the order of the help.</summary>
    internal static IReadOnlyList<(string Name, Func<Command> Create)> Nouns { get; } =
    [
        ("kpi", KpiReportCommand.Create),
        ("discover", DiscoverCommand.Create),
        ("stability", StabilityReportCommand.Create),
        ("anomalies", AnomaliesReportCommand.Create),
        ("daily", DailyReportCommand.Create),
        ("regressions", RegressionsReportCommand.Create),
        ("retro", RetroReportCommand.Create),
        ("capture", CaptureCreateCommand.Create),
        ("encrypt", EncryptCommand.Create),
        ("decrypt", DecryptCommand.Create),
        ("rewrap", RewrapCommand.Create),
        ("init", InitCommand.Create),
        ("config", ConfigCommand.Create),
        ("demo", DemoCommand.Create),
        ("keys", KeysCommand.Create),
        ("sign", SignCommand.Create),
        ("verify", VerifyCommand.Create),
        ("pgp", PgpCommand.Create),
        ("audit", AuditCommand.Create),
        ("reports", ReportsCommand.Create),
        ("store", StoreCommand.Create),
        ("schedules", SchedulesCommand.Create),
        ("completion", CompletionCommand.Create),
    ];

    /// <summary>The whole tree.</summary>
    public static RootCommand Create() => Of(Nouns);

    /// <summary>What a command line needs of the tree: the noun it begins with, or all of it where it begins with anything else.</summary>
    /// <param name="arguments">The command line.</param>
    public static RootCommand Create(IReadOnlyList<string> arguments)
    {
        (string Name, Func<Command> Create)[] named = [.. Nouns.Where(noun => arguments.Count > 0 && noun.Name == arguments[0])];
        return Of(named.Length > 0 ? named : Nouns);
    }

    private static RootCommand Of(IEnumerable<(string Name, Func<Command> Create)> nouns)
    {
        RootCommand root = new("Turns the metrics a team already has into evidence that other people can check.");
        foreach ((_, Func<Command> create) in nouns)
        {
            root.Subcommands.Add(create());
        }

        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }
}

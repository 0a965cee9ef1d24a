using System.CommandLine;
using System.CommandLine.Help;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Anomalies;
using Tars.Cli.Commands.Api;
using Tars.Cli.Commands.ApiKeys;
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
using Tars.Cli.Commands.Serve;
using Tars.Cli.Commands.Stability;
using Tars.Cli.Commands.Store;
using Tars.Cli.Commands.Users;

namespace Tars.Cli.Commands;

/// <summary>The root of the command tree; each noun has its line here.</summary>
internal static class TarsRootCommand
{
    /// <summary>Every noun and what makes it, in the order of the help.</summary>
    internal static IReadOnlyList<Noun> Nouns { get; } =
    [
        new("kpi", KpiReportCommand.Create),
        new("discover", DiscoverCommand.Create),
        new("stability", StabilityReportCommand.Create),
        new("anomalies", AnomaliesReportCommand.Create),
        new("daily", DailyReportCommand.Create),
        new("regressions", RegressionsReportCommand.Create),
        new("retro", RetroReportCommand.Create),
        new("capture", CaptureCreateCommand.Create),
        new("encrypt", EncryptCommand.Create),
        new("decrypt", DecryptCommand.Create),
        new("rewrap", RewrapCommand.Create),
        new("init", InitCommand.Create),
        new("config", ConfigCommand.Create),
        new("demo", DemoCommand.Create),
        new("keys", KeysCommand.Create),
        new("sign", SignCommand.Create),
        new("verify", VerifyCommand.Create),
        new("pgp", PgpCommand.Create),
        new("audit", AuditCommand.Create),
        new("reports", ReportsCommand.Create),
        new("store", StoreCommand.Create),
        new("schedules", SchedulesCommand.Create),
        new("users", UsersCommand.Create),
        new("api-keys", ApiKeysCommand.Create),
        new("serve", ServeCommand.Create),
        new("api", ApiCommand.Create),
        new("completion", CompletionCommand.Create),
    ];

    /// <summary>The whole tree.</summary>
    public static RootCommand Create() => Of(Nouns);

    /// <summary>What a command line needs of the tree: the noun it begins with, or all of it where it begins with anything else.</summary>
    /// <param name="arguments">The command line.</param>
    public static RootCommand Create(IReadOnlyList<string> arguments)
    {
        Noun[] named = [.. Nouns.Where(noun => arguments.Count > 0 && noun.Name == arguments[0])];
        return Of(named.Length > 0 ? named : Nouns);
    }

    private static RootCommand Of(IEnumerable<Noun> nouns)
    {
        RootCommand root = new("Turns the metrics a team already has into evidence that other people can check.");
        foreach (Noun noun in nouns)
        {
            root.Subcommands.Add(noun.Create());
        }

        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }

    /// <summary>A noun of the command line.</summary>
    /// <param name="Name">What a user writes.</param>
    /// <param name="Create">Makes its command.</param>
    internal sealed record Noun(string Name, Func<Command> Create);
}

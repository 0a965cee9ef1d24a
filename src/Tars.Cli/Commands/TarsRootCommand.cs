using System.CommandLine;
using System.CommandLine.Help;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Anomalies;
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
using Tars.Cli.Commands.Retro;
using Tars.Cli.Commands.Sealing;
using Tars.Cli.Commands.Stability;

namespace Tars.Cli.Commands;

/// <summary>The root of the command tree; each noun adds itself here.</summary>
internal static class TarsRootCommand
{
    public static RootCommand Create()
    {
        RootCommand root = new("Turns the metrics a team already has into evidence that other people can check.");
        root.Subcommands.Add(KpiReportCommand.Create());
        root.Subcommands.Add(DiscoverCommand.Create());
        root.Subcommands.Add(StabilityReportCommand.Create());
        root.Subcommands.Add(AnomaliesReportCommand.Create());
        root.Subcommands.Add(DailyReportCommand.Create());
        root.Subcommands.Add(RegressionsReportCommand.Create());
        root.Subcommands.Add(RetroReportCommand.Create());
        root.Subcommands.Add(CaptureCreateCommand.Create());
        root.Subcommands.Add(EncryptCommand.Create());
        root.Subcommands.Add(DecryptCommand.Create());
        root.Subcommands.Add(RewrapCommand.Create());
        root.Subcommands.Add(InitCommand.Create());
        root.Subcommands.Add(ConfigCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(SignCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(PgpCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Kpi;

namespace Tars.Cli.Commands;

/// <summary>The root of the command tree; each noun adds itself here.</summary>
internal static class TarsRootCommand
{
    public static RootCommand Create()
    {
        RootCommand root = new("Turns the metrics a team already has into evidence that other people can check.");
        root.Subcommands.Add(KpiReportCommand.Create());
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }
}

using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Reports;

/// <summary><c>tars reports</c>: reports of the store, found again.</summary>
internal static class ReportsCommand
{
    public static Command Create()
    {
        TarsCommand reports = new(
            "reports", "Reports of the store: finds, shows, verifies and exports them", "tars reports list --kind daily --verdict fail", "tars reports show latest --kind kpi", "tars reports verify 17");
        reports.Subcommands.Add(ReportsListCommand.Create());
        reports.Subcommands.Add(ReportsShowCommand.Create());
        reports.Subcommands.Add(ReportsOpenCommand.Create());
        reports.Subcommands.Add(ReportsVerifyCommand.Create());
        reports.Subcommands.Add(ReportsExportCommand.Create());
        return reports;
    }
}

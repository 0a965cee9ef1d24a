using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit</c>: the audit log, for those who keep it and those who check it.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        TarsCommand audit = new(
            "audit", "The audit log: makes, verifies, searches and proves it", "tars audit init --log audit", "tars audit verify --log audit", "tars audit query --log audit --outcome denied");
        audit.Subcommands.Add(AuditInitCommand.Create());
        audit.Subcommands.Add(AuditKeyCommand.Create());
        audit.Subcommands.Add(AuditVerifyCommand.Create());
        audit.Subcommands.Add(AuditQueryCommand.Create());
        audit.Subcommands.Add(AuditProveCommand.Create());
        audit.Subcommands.Add(AuditEraseSubjectCommand.Create());
        audit.Subcommands.Add(AuditCheckpointCommand.Create());
        audit.Subcommands.Add(AuditTailCommand.Create());
        audit.Subcommands.Add(AuditStatsCommand.Create());
        audit.Subcommands.Add(AuditExportCommand.Create());
        audit.Subcommands.Add(AuditWitnessCommand.Create());
        audit.Subcommands.Add(AuditRetainCommand.Create());
        audit.Subcommands.Add(AuditHoldCommand.Create());
        audit.Subcommands.Add(AuditApproveCommand.Create());
        return audit;
    }
}

using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit approve REQUEST</c>: the second person of what takes two.</summary>
internal static class AuditApproveCommand
{
    private static readonly Argument<string> Request = new("REQUEST") { Description = "The file that --request wrote; the approval is added to it" };

    public static Command Create()
    {
        TarsCommand approve = AuditOptions.Verb(
            "approve", "Approves what another person has asked for: removal, release of a hold, a new log after tampering", [AuditOptions.Yes, AuditOptions.Log, AuditOptions.Subjects, .. SealingOptions.Keys],
            (run, cancellationToken) => TwoPersons.ApproveAsync(run, run.Value(Request)!, cancellationToken), "tars audit approve request.json --ring my-keys");
        approve.Arguments.Add(Request);
        return approve;
    }
}

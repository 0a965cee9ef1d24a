using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Sealing.Verification;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary><c>tars reports verify REPORT</c>: whether the envelope holds, and the files are those that were signed.</summary>
internal static class ReportsVerifyCommand
{
    public static Command Create()
    {
        TarsCommand verify = StoreCommand.Verb(
            "verify", "Verifies a report in the store: its envelope by the keys that are believed, and each of its files", [.. ReportChoice.Options, StoreAccess.Trust, SealingOptions.Ring, ConfigFormat.TableOrJson], RunAsync,
            "tars reports verify 17", "tars reports verify latest --kind retro --trust keys/trusted");
        verify.Arguments.Add(ReportChoice.Report);
        return verify;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        TrustedKeys trust = access.TrustOf(run) ?? throw new UsageException("no key is believed: nothing could be verified", "name a folder of public keys with --trust, or a key ring with --ring or security.key_ring");
        OpenedStore opened = await ReportChoice.OpenAsync(run, access, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            StoredReport report = await ReportChoice.FindAsync(run, opened, cancellationToken).ConfigureAwait(false);
            SealFindings found = await new StoredSeal(opened.Rows, opened.Files, trust, access.Sealing.RequiresCosignature).VerifyAsync(report, readsFiles: true, cancellationToken).ConfigureAwait(false);
            string[] problems = found.IsSigned ? [.. found.Problems] : [.. found.Problems, "there is no envelope: nothing vouches for its files"];
            run.Audit.Tell("verified", found.Holds);
            Tell(run, report, found, problems);
            return found.Holds ? ExitCode.Ok : ExitCode.Negative;
        }
    }

    private static void Tell(CommandRun run, StoredReport report, SealFindings found, string[] problems)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["verified"] = found.Holds,
                ["report"] = report.Id,
                ["holds"] = ConfigFormat.List(found.Signed),
                ["problems"] = ConfigFormat.List(problems),
            });
            return;
        }

        run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"{(found.Holds ? "holds" : "DOES NOT HOLD")}: report {report.Id}, {report.Kind} of {report.Date:yyyy-MM-dd}"));
        foreach (string line in problems.Concat(found.Signed))
        {
            run.Console.Say($"  {line}");
        }
    }
}

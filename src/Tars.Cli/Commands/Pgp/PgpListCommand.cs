using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Reports;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp list</c>: the keys at hand, and what they are good for now.</summary>
internal static class PgpListCommand
{
    private static readonly ReportColumn[] Columns = ["fingerprint", "name", "algorithm", "made", "expires", "secret", "use now"];

    public static Command Create() => TarsCommand.Verb(
        "list", "Lists the keys at hand: whose, until when, and what they are good for now", [.. PgpOptions.Keys, ConfigFormat.TableOrJson], RunAsync,
        "tars pgp list --keyring auditors.asc", "tars pgp list --pgp-home ~/.gnupg -o json");

    private static Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        IReadOnlyList<OpenPgpKey> keys = PgpOptions.Access(run).Keys.Keys;
        DateTimeOffset now = run.Time.GetUtcNow();
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)PgpWords.Json(key, now))]) });
        }
        else
        {
            run.Console.WriteTable(new ReportTable("OpenPGP keys", Columns, [.. keys.Select(key => Row(key, now))], "there are none"));
        }

        return Task.FromResult(ExitCode.Ok);
    }

    private static string[] Row(OpenPgpKey key, DateTimeOffset now) =>
    [
        key.Fingerprint,
        OpenPgpAccess.NamesOf(key),
        key.Algorithm,
        Day(key.Created),
        key.Expires is { } expires ? Day(expires) : "never",
        key.HasSecret ? "yes" : "no",
        key.RefuseAt(now) ?? UseOf(key, now),
    ];

    private static string UseOf(OpenPgpKey key, DateTimeOffset now) => (key.CanEncrypt(now), key.CanSign(now)) switch
    {
        (true, true) => "encrypts, signs",
        (true, false) => "encrypts",
        (false, true) => "signs",
        _ => "verifies",
    };

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy'-'MM'-'dd", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary>Which report is meant: a number, or the latest that fits.</summary>
internal static class ReportChoice
{
    private const string Latest = "latest";

    public static Argument<string> Report { get; } = new("REPORT") { Description = "Its number, as 'tars reports list' shows it, or 'latest'" };

    public static Option<string?> Kind { get; } = CommonOptions.Text("--kind", "KIND", "Of this kind: kpi, daily, stability, anomalies, regressions, retro");

    public static Option<string?> Service { get; } = CommonOptions.Text("--service", "NAME", "Confined to this service");

    public static Option<string?> Verdict { get; } = CommonOptions.Text("--verdict", "VERDICT", "Judged so: pass, fail or inconclusive");

    /// <summary>What narrows 'latest'.</summary>
    public static IReadOnlyList<Option> Options { get; } = [Kind, Service, Verdict];

    /// <summary>What the options ask for.</summary>
    public static ReportFilter FilterOf(CommandRun run) => new()
    {
        Kind = run.Value(Kind),
        Service = run.Value(Service),
        Outcome = run.Value(Verdict) is { } text
            ? Enum.TryParse(text, ignoreCase: true, out JudgementOutcome outcome) && !char.IsAsciiDigit(text[0]) ? outcome : throw new UsageException($"{Verdict.Name}: '{text}' is no verdict", "write pass, fail or inconclusive")
            : null,
    };

    /// <summary>The report that is meant.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<StoredReport> FindAsync(CommandRun run, OpenedStore opened, CancellationToken cancellationToken)
    {
        string text = run.Value(Report)!;
        ReportFilter filter = FilterOf(run);
        if (text == Latest)
        {
            IReadOnlyList<StoredReport> found = await opened.Rows.Reports.ListAsync(filter with { PageSize = 1 }, cancellationToken).ConfigureAwait(false);
            return found.Count > 0 ? found[0] : throw new UsageException("no report fits", "'tars reports list' shows what is there");
        }

        if (filter != new ReportFilter())
        {
            throw new UsageException($"{text}: {Kind.Name}, {Service.Name} and {Verdict.Name} narrow 'latest', not a number");
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            ? await opened.Rows.Reports.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new UsageException($"there is no report {id}", "'tars reports list' shows what is there")
            : throw new UsageException($"'{text}' is no report; write a number, as 'tars reports list' shows it, or 'latest'");
    }

    /// <summary>Opens the store for reading a report; a store that is not there yet holds none.</summary>
    /// <exception cref="UsageException">There is no store yet.</exception>
    public static Task<OpenedStore> OpenAsync(CommandRun run, StoreAccess access, CancellationToken cancellationToken) => access.IsThere
        ? access.OpenAsync(run, cancellationToken)
        : throw new UsageException(Nothing(access), Hint);

    /// <summary>What an empty store means.</summary>
    public static string Nothing(StoreAccess access) => $"the store is empty: {access.Storage.Address.Location} is not there yet";

    /// <summary>What fills it.</summary>
    public const string Hint = "'tars kpi', 'tars daily', 'tars stability', 'tars anomalies', 'tars regressions' and 'tars retro' keep their reports in it";
}

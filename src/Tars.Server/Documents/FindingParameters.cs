using Tars.Storage;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Server.Documents;

/// <summary>Parameters that lists of findings share.</summary>
internal static class FindingParameters
{
    public static readonly ApiParameter Limit = new("limit", new ParameterForm.Integer(1, 1000), "How many at most; default 100") { Example = "100" };
    public static readonly ApiParameter Severity = new("severity", new ParameterForm.Choice(["info", "low", "medium", "high", "critical"], Several: true), "Only of these severities") { Example = "high,critical" };
    public static readonly ApiParameter Service = new("service", new ParameterForm.Text(1000, Several: true), "Only of these services") { Example = "checkout" };
    public static readonly ApiParameter Metric = new("metric", new ParameterForm.Text(1000, Several: true), "Only of these figures") { Example = "p99_latency_ms" };
    public static readonly ApiParameter From = new("from", new ParameterForm.Date(), "Filed under this day or a later one") { Example = "2026-01-12" };
    public static readonly ApiParameter To = new("to", new ParameterForm.Date(), "Filed under this day or an earlier one") { Example = "2026-01-18" };
    public static readonly ApiParameter Date = new("date", new ParameterForm.Date(), "The day under which they are filed: that on which they began") { Place = ParameterPlace.Path, Example = "2026-01-17" };
    public static readonly ApiParameter Sort = new("sort", new ParameterForm.Choice(["started", "-started"]), "started: the oldest first; -started: the newest first, which is the default");

    /// <summary>A switch that says whether those that were dealt with are asked for.</summary>
    public static ApiParameter Resolved(string name) => new(name, new ParameterForm.Flag(), "true: those that somebody has dealt with; false: those that are open");
}

/// <summary>One page of findings, with what it takes to answer it.</summary>
/// <param name="Findings">The findings.</param>
/// <param name="Totals">How many there are on all pages.</param>
/// <param name="NextCursor">The next page; null at the last.</param>
/// <param name="Newest">The newest report that looked; null when none did.</param>
/// <param name="Reports">The reports of the findings, by number.</param>
internal sealed record FindingSelection(
    IReadOnlyList<Finding> Findings, FindingTotals Totals, string? NextCursor, StoredReport? Newest, IReadOnlyDictionary<long, StoredReport> Reports)
{
    /// <summary>When the newest of all that is answered was kept.</summary>
    public DateTimeOffset? GeneratedAt => Newest is null ? Reports.Values.Select(report => (DateTimeOffset?)report.Created).Max() : Reports.Values.Append(Newest).Max(report => report.Created);

    /// <summary>Selects.</summary>
    /// <param name="store">The store.</param>
    /// <param name="values">The parameters.</param>
    /// <param name="kind">The kind of finding.</param>
    /// <param name="reports">The kinds of reports that tell it, the one that counts most first.</param>
    /// <param name="resolved">The parameter that asks for those that were dealt with.</param>
    public static async Task<FindingSelection> OfAsync(Store store, RequestValues values, string kind, IReadOnlyList<string> reports, ApiParameter resolved)
    {
        DateOnly? day = values.Date(FindingParameters.Date);
        DateOnly? last = day ?? values.Date(FindingParameters.To);
        FindingFilter filter = new()
        {
            Kinds = [kind],
            NewestOf = reports,
            Severities = [.. values.Several(FindingParameters.Severity).Select(word => Enum.Parse<FindingSeverity>(word, ignoreCase: true))],
            Services = values.Several(FindingParameters.Service),
            Metrics = values.Several(FindingParameters.Metric),
            Resolved = values.Flag(resolved),
            DateFrom = day ?? values.Date(FindingParameters.From),
            DateTo = last is { } to && to < DateOnly.MaxValue ? to.AddDays(1) : null,
        };
        FindingOrder order = values.Text(FindingParameters.Sort) == "started" ? FindingOrder.OldestFirst : FindingOrder.NewestFirst;
        string list = $"{kind} {string.Join(',', filter.Severities)} {string.Join(',', filter.Services)} {string.Join(',', filter.Metrics)} {filter.Resolved} {filter.DateFrom:O} {filter.DateTo:O} {order}";
        FindingPage page = await store.Findings.QueryAsync(filter, order, values.Integer(FindingParameters.Limit) ?? 100, Place(Cursor.Read(list, values.Text(Cursor.Parameter))), CancellationToken.None).ConfigureAwait(false);
        Dictionary<long, StoredReport> found = [];
        foreach (long id in page.Findings.Select(finding => finding.ReportId).Distinct())
        {
            if (await store.Reports.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { } report)
            {
                found[id] = report;
            }
        }

        return new FindingSelection(
            page.Findings,
            await store.Findings.CountAsync(filter, CancellationToken.None).ConfigureAwait(false),
            page.Next is { } next ? Cursor.Write(list, next.ToString()) : null,
            await NewestAsync(store, reports, day).ConfigureAwait(false),
            found);
    }

    /// <summary>Whether anybody looked, so that an empty list is told from one that nobody could fill.</summary>
    public MeasurementState State(string what, string command) => Newest is { }
        ? new MeasurementState(MeasurementState.Measured, null, null, string.Empty)
        : MeasurementState.None($"no report that looks for {what} is kept about this time; '{command} --store' keeps one");

    // Of a day: a report whose window has a part of it.
    private static async Task<StoredReport?> NewestAsync(Store store, IReadOnlyList<string> kinds, DateOnly? day)
    {
        foreach (string kind in kinds)
        {
            IReadOnlyList<StoredReport> some = await store.Reports.ListAsync(
                new ReportFilter { Kind = kind, IsWhole = true, DateFrom = day, PageSize = day is null ? 1 : 1000, OldestFirst = day is not null }, CancellationToken.None).ConfigureAwait(false);
            if (some.Where(report => day is not { } asked || DateOnly.FromDateTime(report.Window.From.UtcDateTime.AddHours(-14)) <= asked).MaxBy(report => report.Id) is { } newest)
            {
                return newest;
            }
        }

        return null;
    }

    private static FindingCursor? Place(string? place)
    {
        try
        {
            return place is null ? null : FindingCursor.Parse(place);
        }
        catch (FormatException)
        {
            throw Cursor.Refused();
        }
    }
}

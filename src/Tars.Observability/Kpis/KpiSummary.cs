using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>
/// The key figures of a window and whether it kept its objectives. Counts of windows that follow each other add up exactly to those of
/// the window they make together. Formulas in docs/math.md, "KPIs".
/// </summary>
/// <param name="Window">The window.</param>
/// <param name="Step">The step of the data.</param>
/// <param name="MethodVersion">Version of the formulas.</param>
/// <param name="Overall">All services together.</param>
/// <param name="Services">Each service over all its regions, in configuration order.</param>
/// <param name="Regions">Each region over all services, by name.</param>
/// <param name="ServiceRegions">Each service in each of its regions.</param>
/// <param name="Infrastructure">Each piece of infrastructure; its figures are in <see cref="KpiScope.Others"/>.</param>
/// <param name="Alerts">Alert episodes that touch the window, each once.</param>
/// <param name="AlertState">Whether the backend had alerts at all; without, no episode means nothing.</param>
/// <param name="Incidents">Incidents that touch the window: of whole services, and of regions whose service as a whole was not down.</param>
/// <param name="DataGaps">Spans without data, which are neither downtime nor uptime.</param>
/// <param name="Maintenance">Announced maintenance, left out of the figures.</param>
/// <param name="Cost">Cost by the configured prices, or null when there are none.</param>
/// <param name="Certification">The verdict and its reasons.</param>
/// <param name="Warnings">Warnings of the backend, each once.</param>
/// <param name="IncreasesPushedDown">Whether some increases were computed by the backend, see docs/math.md, "Pushed-down increases".</param>
public sealed record KpiSummary(
    TimeWindow Window,
    TimeSpan Step,
    string MethodVersion,
    KpiScope Overall,
    IReadOnlyList<KpiScope> Services,
    IReadOnlyList<KpiScope> Regions,
    IReadOnlyList<KpiScope> ServiceRegions,
    IReadOnlyList<KpiScope> Infrastructure,
    IReadOnlyList<AlertEpisode> Alerts,
    ReadState AlertState,
    IReadOnlyList<Incident> Incidents,
    IReadOnlyList<DataGap> DataGaps,
    IReadOnlyList<MaintenanceReport> Maintenance,
    CostSummary? Cost,
    Certification Certification,
    IReadOnlyList<string> Warnings,
    bool IncreasesPushedDown)
{
    /// <summary>Computes the figures of a window.</summary>
    /// <param name="set">What was collected.</param>
    /// <param name="settings">Objectives and exceptions.</param>
    /// <param name="window">A window inside the set's; steps that begin in it count.</param>
    /// <exception cref="ArgumentException">The window does not lie inside the set's window, or holds no step.</exception>
    public static KpiSummary Of(SeriesSet set, AnalysisSettings settings, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        Check(set, window);
        return Of(set, settings, new KpiScopes(set, settings), window);
    }

    /// <summary>The figures of several windows of one set, in their order; cheaper than one by one.</summary>
    /// <exception cref="ArgumentException">A window does not lie inside the set's window, or holds no step.</exception>
    public static IReadOnlyList<KpiSummary> OfEach(SeriesSet set, AnalysisSettings settings, IEnumerable<TimeWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        TimeWindow[] each = [.. windows];
        Array.ForEach(each, window => Check(set, window));
        KpiScopes scopes = new(set, settings);
        return [.. each.AsParallel().AsOrdered().Select(window => Of(set, settings, scopes, window))];
    }

    private static void Check(SeriesSet set, TimeWindow window)
    {
        if (window.From < set.Window.From || window.To > set.Window.To)
        {
            throw new ArgumentException($"the window {window} does not lie inside {set.Window}, which was collected", nameof(window));
        }

        (_, int steps) = set.Grid.RangeOf(window).GetOffsetAndLength(set.Grid.Count);
        if (steps == 0)
        {
            throw new ArgumentException($"no step of {set.Window} begins in {window}", nameof(window));
        }
    }

    private static KpiSummary Of(SeriesSet set, AnalysisSettings settings, KpiScopes scopes, TimeWindow window)
    {
        return new KpiSummary(
            window,
            set.Grid.Step,
            AnalysisSettings.MethodVersion,
            scopes.Overall(window),
            scopes.Services(window),
            scopes.RegionsOf(window),
            scopes.ServiceRegions(window),
            scopes.Infrastructure(window),
            AlertEpisode.Of(set, window),
            set.Alerts.State,
            Reported(scopes.Incidents, window),
            DataGap.Of(set, window),
            MaintenanceReport.Of(set, settings, window),
            CostSummary.Of(set, settings, window),
            Certification.Of(set, settings, window),
            [.. set.Queries.SelectMany(query => query.Warnings).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            set.IncreasesPushedDown);
    }

    /// <summary>The scope of a service, or of a service in a region; null when there is none.</summary>
    public KpiScope? Find(string service, string? region = null) => region is null
        ? Services.Concat(Infrastructure).FirstOrDefault(scope => scope.Service == service)
        : ServiceRegions.FirstOrDefault(scope => scope.Service == service && scope.Region == region);

    private static Incident[] Reported(IReadOnlyList<Incident> incidents, TimeWindow window)
    {
        Incident[] touching = [.. incidents.Where(incident => new TimeWindow(incident.Start, incident.End).Overlaps(window))];
        return
        [
            .. touching.Where(incident => incident.Region is null || !touching.Any(whole =>
                whole.Region is null && whole.Service == incident.Service && whole.Start < incident.End && incident.Start < whole.End)),
        ];
    }
}

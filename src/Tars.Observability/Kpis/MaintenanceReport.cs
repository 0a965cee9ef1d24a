using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>Announced maintenance inside a window, and what happened in it: left out of every figure, but shown.</summary>
/// <param name="Window">The part of the maintenance that lies in the report's window.</param>
/// <param name="Services">The services it concerns, by name.</param>
/// <param name="Reason">Why, as the operator wrote it.</param>
/// <param name="ExcludedMinutes">Minutes of whole steps it takes out, per service.</param>
/// <param name="Traffic">Requests and errors in it, per service that has availability.</param>
public sealed record MaintenanceReport(
    TimeWindow Window, IReadOnlyList<string> Services, string Reason, double ExcludedMinutes, IReadOnlyList<MaintenanceTraffic> Traffic)
{
    /// <summary>The maintenance that touches a window, by start.</summary>
    public static IReadOnlyList<MaintenanceReport> Of(SeriesSet set, AnalysisSettings settings, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. settings.Maintenance
                .Select(maintenance => (Maintenance: maintenance, Part: maintenance.Window.Intersect(window)))
                .Where(pair => pair.Part is not null)
                .OrderBy(pair => pair.Part!.Value.From)
                .Select(pair => Report(set, pair.Maintenance, pair.Part!.Value)),
        ];
    }

    private static MaintenanceReport Report(SeriesSet set, MaintenanceWindow maintenance, TimeWindow part)
    {
        ServiceDefinition[] concerned = [.. set.Services.Where(service => maintenance.Concerns(service.Name))];
        TimeGrid grid = set.Grid;
        bool[] inside = MaintenanceWindow.StepsOf([maintenance], concerned.FirstOrDefault()?.Name ?? string.Empty, grid);
        DateTimeOffset from = Instants.AlignDown(part.From, grid.Step);
        int[] steps = [.. Enumerable.Range(0, grid.Count).Where(i => inside[i] && grid.TimeOf(i) >= from && grid.TimeOf(i) < part.To)];
        return new MaintenanceReport(
            part,
            [.. concerned.Select(service => service.Name)],
            maintenance.Reason,
            steps.Length * grid.Step.TotalMinutes,
            [.. concerned.Select(service => set.Find(service.Name, IndicatorNames.Availability)).OfType<IndicatorSeries.Ratio>().Select(ratio => TrafficOf(ratio, steps))]);
    }

    private static MaintenanceTraffic TrafficOf(IndicatorSeries.Ratio ratio, int[] steps)
    {
        double total = steps.Sum(i => ratio.Total.Increase[i]);
        double counted = steps.Sum(i => ratio.Part.Increase[i]);
        double bad = Math.Clamp(ratio.Spec.PartIs == RatioPart.Good ? total - counted : counted, 0, Math.Max(0, total));
        double coverage = steps.Length == 0 ? 0 : steps.Average(ratio.Total.Presence.ShareAt);
        Figure Figure(double value) => ratio.State.Select(() =>
            coverage == 0 ? new Figure.NoData("no samples in the maintenance") : new Figure.Measured(value, new Ratio(Math.Clamp(coverage, 0, 1))));
        return new MaintenanceTraffic(ratio.Key.Service, Figure(total), Figure(bad));
    }
}

/// <summary>Traffic of a service during maintenance.</summary>
/// <param name="Service">The service.</param>
/// <param name="Requests">Requests.</param>
/// <param name="Errors">Failed requests.</param>
public sealed record MaintenanceTraffic(string Service, Figure Requests, Figure Errors);

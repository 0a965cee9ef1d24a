using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Statistics.Comparisons;

namespace Tars.Observability.Anomalies;

/// <summary>Puts findings together: the quantiles and regions of one indicator, the figures of a service that is missing, and neighbours in time.</summary>
internal sealed class EventAssembly(
    IReadOnlyList<Course> courses, Calendar calendar, AnalysisSettings settings, AnomalyOptions options, string method)
{
    private readonly int _slack = Math.Max(3, (int)Math.Ceiling(TimeSpan.FromMinutes(10) / calendar.Grid.Step));

    /// <summary>The events that overlap the window, by start, service and metric.</summary>
    public IReadOnlyList<AnomalyEvent> Of(
        IReadOnlyList<Finding> findings, IReadOnlyList<(int From, int To)> backend, TimeWindow window, int judged)
    {
        double[] adjusted = Adjusted(findings, judged);
        (Finding Finding, double Q)[] kept = [.. findings.Zip(adjusted).Where(pair => pair.Second <= options.FalseDiscoveryRate)];
        List<AnomalyEvent> events = [.. backend.Select(BackendEvent)];
        foreach (IGrouping<string, (Finding Finding, double Q)> group in kept.GroupBy(pair => GroupOf(pair.Finding)))
        {
            events.AddRange(Clusters([.. group]).Select(Event));
        }

        events = WholeServices(events);
        AnomalyEvent[] told = [.. events
            .Where(e => e.Start < window.To && window.From < e.End)
            .OrderBy(e => e.Start).ThenBy(e => e.Service, StringComparer.Ordinal).ThenBy(e => e.Metric, StringComparer.Ordinal)];
        return [.. told.Select(e => e with { ConcurrentWith = ConcurrentWith(e, told) })];
    }

    // Every judged course counts as a test: those without a finding have p = 1.
    private static double[] Adjusted(IReadOnlyList<Finding> findings, int judged)
    {
        int silent = Math.Max(0, judged - findings.Select(finding => finding.Course).Distinct().Count());
        double[] p = [.. findings.Select(finding => finding.PValue), .. Enumerable.Repeat(1.0, silent)];
        return FalseDiscoveryRate.BenjaminiHochberg(p)[..findings.Count];
    }

    private string GroupOf(Finding finding)
    {
        Indicators.IndicatorKey key = courses[finding.Course].Series.Key;
        string form = finding.IsLasting ? "lasting" : finding.Sign == 0 ? finding.Kind.ToString() : "excursion";
        return string.Join('\n', key.Service, key.Indicator, courses[finding.Course].Series.Unit, form, finding.Sign);
    }

    private List<List<(Finding Finding, double Q)>> Clusters(List<(Finding Finding, double Q)> findings)
    {
        List<List<(Finding Finding, double Q)>> clusters = [];
        foreach ((Finding Finding, double Q) next in findings.OrderBy(pair => pair.Finding.From))
        {
            List<(Finding Finding, double Q)>? near = clusters.FindLast(cluster => cluster.Exists(other => other.Finding.Touches(next.Finding, _slack)));
            if (near is null)
            {
                clusters.Add([next]);
            }
            else
            {
                near.Add(next);
            }
        }

        return clusters;
    }

    private AnomalyEvent Event(List<(Finding Finding, double Q)> cluster)
    {
        Finding clearest = cluster.MinBy(pair => (pair.Finding.PValue, courses[pair.Finding.Course].Series.Key.Region is null ? 0 : 1, -pair.Finding.Effect)).Finding;
        Course course = courses[clearest.Course];
        // The bounds of a lasting change are less sharp in one figure than in another: the middle one stands for all.
        int from = clearest.IsLasting
            ? cluster.Select(pair => pair.Finding.From).Order().ElementAt((cluster.Count - 1) / 2)
            : cluster.Min(pair => pair.Finding.From);
        int to = cluster.Max(pair => pair.Finding.To);
        string service = course.Series.Key.Service;
        TimeWindow when = new(calendar.Grid.TimeOf(from), calendar.Grid.TimeOf(to));
        bool inMaintenance = settings.Maintenance.Any(maintenance => maintenance.Concerns(service) && maintenance.Window.Overlaps(when));
        bool isHarmful = clearest.Sign == 0 || course.Series.Better != Indicators.Better.Neither || course.Series.Metric == Indicators.MetricNames.RequestRate;
        string[] metrics = [.. cluster.Select(pair => courses[pair.Finding.Course].Series.Metric).Distinct().Order(StringComparer.Ordinal)];
        return new AnomalyEvent(
            service, course.Series.Metric, course.Series.Unit, RegionsOf(cluster, course), clearest.Kind, when.From, when.To,
            to >= calendar.Grid.Count - 1, clearest.Peak, SeverityRule.Of(clearest, when.Duration, false, isHarmful, inMaintenance),
            Math.Clamp(1 - cluster.Min(pair => pair.Q), 0, 1), isHarmful, inMaintenance,
            [.. metrics.Where(metric => metric != course.Series.Metric)], [], Suggestions.For(clearest.Kind, course.Series.Metric, course.Series.Unit, false), method);
    }

    private string[] RegionsOf(List<(Finding Finding, double Q)> cluster, Course course)
    {
        string[] seen = [.. cluster.Select(pair => courses[pair.Finding.Course].Series.Key.Region).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        int all = courses
            .Where(other => other.Series.Key.Service == course.Series.Key.Service && other.Series.Key.Indicator == course.Series.Key.Indicator)
            .Select(other => other.Series.Key.Region).OfType<string>().Distinct().Count();
        return seen.Length == all ? [] : seen;
    }

    private AnomalyEvent BackendEvent((int From, int To) stretch)
    {
        TimeWindow when = new(calendar.Grid.TimeOf(stretch.From), calendar.Grid.TimeOf(stretch.To));
        Finding finding = new(-1, AnomalyKind.MissingData, stretch.From, stretch.To, 0, 1, 0, 0, null);
        return new AnomalyEvent(
            AnomalyEvent.BackendService, AnomalyEvent.AllMetrics, string.Empty, [], AnomalyKind.MissingData, when.From, when.To,
            stretch.To >= calendar.Grid.Count - 1, null, SeverityRule.Of(finding, when.Duration, true, true, false), 1, true, false, [], [],
            Suggestions.For(AnomalyKind.MissingData, AnomalyEvent.AllMetrics, string.Empty, true), method);
    }

    // A service of which most indicators are missing at once is one event.
    private List<AnomalyEvent> WholeServices(List<AnomalyEvent> events)
    {
        foreach (string service in courses.Select(course => course.Series.Key.Service).Distinct())
        {
            int indicators = courses.Where(course => course.Series.Key.Service == service && course.MeasuredCount > 0).Select(course => course.Series.Metric).Distinct().Count();
            AnomalyEvent[] missing = [.. events.Where(e => e.Service == service && e.Kind == AnomalyKind.MissingData)];
            foreach (AnomalyEvent first in missing)
            {
                AnomalyEvent[] same = [.. missing.Where(e => events.Contains(e) && e.Start < first.End && first.Start < e.End && e.Regions.SequenceEqual(first.Regions))];
                int metrics = same.Sum(e => 1 + e.RelatedMetrics.Count);
                if (same.Length > 1 && events.Contains(first) && metrics >= 0.8 * indicators)
                {
                    events = [.. events.Except(same), first with
                    {
                        Metric = AnomalyEvent.AllMetrics,
                        Unit = string.Empty,
                        Start = same.Min(e => e.Start),
                        End = same.Max(e => e.End),
                        IsOngoing = same.Any(e => e.IsOngoing),
                        RelatedMetrics = [.. same.SelectMany(e => e.RelatedMetrics.Prepend(e.Metric)).Distinct().Order(StringComparer.Ordinal)],
                    }];
                }
            }
        }

        return events;
    }

    private static ConcurrentAnomaly[] ConcurrentWith(AnomalyEvent e, AnomalyEvent[] all) =>
    [
        .. all
            .Where(other => !ReferenceEquals(other, e) && other.Start < e.End && e.Start < other.End && (other.Start - e.Start).Duration() <= TimeSpan.FromMinutes(30))
            .Select(other => new ConcurrentAnomaly(other.Service, other.Metric, other.Kind, other.Start)),
    ];
}

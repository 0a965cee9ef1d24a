using Tars.Observability.Anomalies;
using Tars.Observability.Kpis;

namespace Tars.Observability.Retrospectives;

/// <summary>
/// Puts together what belongs together: time down, grave harmful anomalies that came and went, and grave alerts begin an incident; lesser
/// ones of the same service that overlap it join it.
/// </summary>
/// <param name="data">Everything that was computed.</param>
internal sealed class IncidentSearch(RetrospectiveData data)
{
    private static readonly string[] GraveAlerts = ["critical", "page", "fatal", "emergency", "high", "error"];
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongDowntime = TimeSpan.FromMinutes(10);

    private readonly RecoverySearch _recovery = new(data);
    private readonly ImpactCount _impact = new(data);
    private readonly CauseSearch _causes = new(data);

    /// <summary>The incidents of the period, by start.</summary>
    public IReadOnlyList<IncidentStory> Find()
    {
        List<IncidentStory> stories = [];
        foreach (IGrouping<string, Part> service in Parts().GroupBy(part => part.Service).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            List<Part> together = [];
            foreach (Part part in service.OrderBy(part => part.Start).ThenBy(part => part.End))
            {
                if (together.Count > 0 && part.Start > together.Max(other => other.End) + Slack)
                {
                    AddStory(stories, together);
                    together = [];
                }

                together.Add(part);
            }

            AddStory(stories, together);
        }

        return [.. stories.OrderBy(story => story.Start).ThenBy(story => story.Service, StringComparer.Ordinal).Select((story, i) => story with { Id = FormattableString.Invariant($"I{i + 1}") })];
    }

    private void AddStory(List<IncidentStory> stories, List<Part> parts)
    {
        if (!parts.Exists(part => part.IsGrave))
        {
            return;
        }

        DateTimeOffset start = parts.Min(part => part.Start);
        DateTimeOffset end = parts.Max(part => part.End);
        AnomalyEvent[] events = [.. parts.Select(part => part.Event).OfType<AnomalyEvent>()];
        stories.Add(new IncidentStory(
            string.Empty,
            parts[0].Service,
            start,
            end,
            (end - start).TotalMinutes,
            parts.Max(part => part.Severity),
            RecoverySearch.Of([.. parts.Select(part => part.Recovery)]),
            [.. parts.Select(part => part.Down).OfType<Incident>()],
            events,
            [.. parts.Select(part => part.Alert).OfType<AlertEpisode>()],
            _impact.Of(parts[0].Service, start, end),
            _causes.Of(parts[0].Service, events.Length == 1 && parts.Count == 1 ? events[0].Metric : null, start, end)));
    }

    private IEnumerable<Part> Parts()
    {
        foreach (Incident down in data.Kpis.Incidents)
        {
            AnomalySeverity severity = down.DownMinutes >= LongDowntime.TotalMinutes ? AnomalySeverity.Critical : AnomalySeverity.High;
            yield return new Part(down.Service, down.Start, down.End, severity, true, _recovery.Of(down), down, null, null);
        }

        foreach (AnomalyEvent e in data.Anomalies.Events.Where(e =>
            e.IsHarmful && !e.InMaintenance && e.Severity >= AnomalySeverity.Medium && e.Kind is AnomalyKind.Spike or AnomalyKind.Drop or AnomalyKind.MissingData))
        {
            yield return new Part(e.Service, e.Start, e.End, e.Severity, e.Severity >= AnomalySeverity.High, _recovery.Of(e), null, e, null);
        }

        foreach (AlertEpisode alert in data.Kpis.Alerts)
        {
            bool grave = GraveAlerts.Contains(alert.Severity, StringComparer.OrdinalIgnoreCase);
            yield return new Part(
                ServiceOf(alert), alert.Start, alert.End, grave ? AnomalySeverity.High : AnomalySeverity.Medium, grave, _recovery.Of(alert), null, null, alert);
        }
    }

    /// <summary>The service an alert speaks of: named by a label, or selected by the same labels; empty when neither.</summary>
    private string ServiceOf(AlertEpisode alert)
    {
        string[] names = [.. data.Set.Services.Select(service => service.Name)];
        return alert.Labels["service"] is { } named && names.Contains(named) ? named
            : data.Set.Services.FirstOrDefault(service => service.Labels.Count > 0 && service.Labels.All(matcher => matcher.Matches(alert.Labels)))?.Name
            ?? alert.Labels.Select(label => label.Value).FirstOrDefault(names.Contains)
            ?? string.Empty;
    }

    private sealed record Part(
        string Service, DateTimeOffset Start, DateTimeOffset End, AnomalySeverity Severity, bool IsGrave, Recovery Recovery,
        Incident? Down, AnomalyEvent? Event, AlertEpisode? Alert);
}

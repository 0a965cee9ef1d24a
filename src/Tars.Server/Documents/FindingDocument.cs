using Tars.Storage.Findings;

namespace Tars.Server.Documents;

/// <summary>Something that a report found, as any report tells it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What it is, such as incident, alert or anomaly.</param>
/// <param name="Severity">info, low, medium, high or critical</param>
/// <param name="Service">The service; (all) stands for all, (backend) for the monitoring itself.</param>
/// <param name="Metric">The figure; (all) stands for all.</param>
/// <param name="Description">One line for a person.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it lasts, or where no end was measured.</param>
public sealed record FindingDocument(
    long Id,
    string Kind,
    string Severity,
    string Service,
    string Metric,
    string Description,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt)
{
    /// <summary>A finding.</summary>
    internal static FindingDocument Of(Finding finding) => new(
        finding.Id, finding.Found.Kind, Words.Of(finding.Found.Severity), finding.Found.Service, finding.Found.Metric, finding.Found.Summary, finding.Found.Started, finding.Found.Ended);
}

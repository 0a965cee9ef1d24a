using System.ComponentModel;
using Tars.Storage.Findings;

namespace Tars.Server.Documents;

/// <summary>Something that a report found, as any report tells it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Service">The service; (all) and (backend) are none.</param>
/// <param name="Metric">The figure.</param>
/// <param name="Description">One line.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it lasts.</param>
public sealed record FindingDocument(
    [property: Description("Its number.")] long Id,
    [property: Description("What it is, such as incident, alert or anomaly.")] string Kind,
    [property: Description("info, low, medium, high or critical")] string Severity,
    [property: Description("The service; (all) stands for all, (backend) for the monitoring itself.")] string Service,
    [property: Description("The figure; (all) stands for all.")] string Metric,
    [property: Description("One line for a person.")] string Description,
    [property: Description("When it began.")] DateTimeOffset StartedAt,
    [property: Description("When it ended; null while it lasts, or where no end was measured.")] DateTimeOffset? EndedAt)
{
    /// <summary>A finding.</summary>
    internal static FindingDocument Of(Finding finding) => new(
        finding.Id, finding.Found.Kind, Words.Of(finding.Found.Severity), finding.Found.Service, finding.Found.Metric, finding.Found.Summary, finding.Found.Started, finding.Found.Ended);
}

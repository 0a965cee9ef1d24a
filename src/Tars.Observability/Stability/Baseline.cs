using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Stability;

/// <summary>Figures of an earlier window to compare with. A figure that is not in it is not compared; it is never taken for zero.</summary>
/// <param name="Window">The window they were measured over, or null when unknown.</param>
/// <param name="Values">
/// Values by key, in the units of <see cref="KpiNames"/>: a figure's name for all services together, <c>service/name</c> for one
/// service. Only finite numbers.
/// </param>
public sealed record Baseline(TimeWindow? Window, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>The key of a figure.</summary>
    public static string KeyOf(string? service, string name) => service is null ? name : $"{service}/{name}";

    /// <summary>The measured figures of a summary.</summary>
    public static Baseline Of(KpiSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (KpiScope scope in summary.Services.Concat(summary.Infrastructure).Prepend(summary.Overall))
        {
            foreach (KpiFigure figure in scope.Figures.Concat(scope.Others))
            {
                if (figure.Value is { } value && double.IsFinite(value))
                {
                    values[KeyOf(scope.Service, figure.Name)] = value;
                }
            }
        }

        return new Baseline(summary.Window, values);
    }
}

namespace Tars.Observability.Anomalies;

/// <summary>How much an event asks for attention: the table of docs/math.md, "Anomalies", severity.</summary>
internal static class SeverityRule
{
    /// <summary>The severity of a finding.</summary>
    /// <param name="finding">The finding with the largest effect.</param>
    /// <param name="length">How long the whole event lasts.</param>
    /// <param name="isBackend">Whether the backend itself is concerned.</param>
    /// <param name="isHarmful">Whether the deviation hurts.</param>
    /// <param name="inMaintenance">Whether it was announced.</param>
    public static AnomalySeverity Of(Finding finding, TimeSpan length, bool isBackend, bool isHarmful, bool inMaintenance)
    {
        if (inMaintenance || !isHarmful)
        {
            return AnomalySeverity.Low;
        }

        return finding.Kind switch
        {
            AnomalyKind.MissingData => isBackend ? AnomalySeverity.Critical : length >= TimeSpan.FromHours(1) ? AnomalySeverity.High : AnomalySeverity.Medium,
            AnomalyKind.Flatline => length >= TimeSpan.FromHours(6) ? AnomalySeverity.Medium : AnomalySeverity.Low,
            _ => Raised(ByEffect(finding.Effect), length >= TimeSpan.FromHours(1) && !finding.IsLasting),
        };
    }

    private static AnomalySeverity ByEffect(double effect) => effect switch
    {
        < 2 => AnomalySeverity.Low,
        < 5 => AnomalySeverity.Medium,
        < 15 => AnomalySeverity.High,
        _ => AnomalySeverity.Critical,
    };

    private static AnomalySeverity Raised(AnomalySeverity severity, bool raise) =>
        raise && severity < AnomalySeverity.Critical ? severity + 1 : severity;
}

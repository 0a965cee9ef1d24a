namespace Tars.Observability.Indicators;

/// <summary>Reads firing alerts.</summary>
internal static class AlertReading
{
    /// <summary>Reads the <c>ALERTS</c> series; a value in a step means that the alert fired in it.</summary>
    public static async Task<AlertSeries> ReadAsync(QueryReader reader, PlannedQuery query, CancellationToken cancellationToken)
    {
        List<FiringAlert> alerts = [];
        int leadIn = reader.Plan.LeadIn;
        await reader.ReadAsync(query, "max", (_, labels, values) =>
        {
            bool[] firing = new bool[values.Length - leadIn];
            for (int i = 0; i < firing.Length; i++)
            {
                firing[i] = values[i + leadIn] > 0;
            }

            if (firing.AsSpan().Contains(true))
            {
                alerts.Add(new FiringAlert(labels.Without("__name__", "alertstate"), firing));
            }
        }, cancellationToken).ConfigureAwait(false);
        return new AlertSeries(reader.StateOf(query), [.. alerts.OrderBy(alert => alert.Labels)]);
    }
}

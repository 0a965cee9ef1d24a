namespace Tars.Simulation.Fleets;

/// <summary>
/// The alerts of an imaginary operator, as Prometheus would have stored them in <c>ALERTS</c>: a value of 1 while firing, nothing else.
/// They follow from the planted faults with the delay of a rule's <c>for</c>; a 12 % regression, a flatline and an outage of the backend
/// raise none. <c>ErrorBudgetBurn</c> flaps.
/// </summary>
internal static class OperatorAlerts
{
    /// <summary>The alert series of a schedule.</summary>
    public static IReadOnlyList<SimulatedSeries> Of(FleetTimeline fleet)
    {
        SortedDictionary<string, SimulatedSeries> series = new(StringComparer.Ordinal);
        void Fire(string name, string severity, string service, int from, int to)
        {
            string key = $"{name}/{service}";
            if (!series.TryGetValue(key, out SimulatedSeries? alert))
            {
                double[] samples = new double[fleet.Minutes];
                Array.Fill(samples, double.NaN);
                Dictionary<string, string> labels = new()
                {
                    ["alertname"] = name,
                    ["alertstate"] = "firing",
                    ["service"] = service,
                    ["severity"] = severity,
                };
                alert = new SimulatedSeries("ALERTS", labels, samples);
                series.Add(key, alert);
            }

            alert.Samples.AsSpan(Math.Min(from, fleet.Minutes)..Math.Min(Math.Max(from, to), fleet.Minutes)).Fill(1);
        }

        foreach (ScheduledFault fault in fleet.Schedule.Faults)
        {
            switch (fault.Kind)
            {
                case FaultKind.LatencySpike:
                    Fire("HighLatency", "warning", fault.Service!, fault.Start + 5, fault.End + 3);
                    break;
                case FaultKind.ErrorBurst:
                    Fire("HighErrorRate", "critical", fault.Service!, fault.Start + 3, fault.End + 2);
                    for (int from = fault.Start + 6; from < fault.End; from += 7)
                    {
                        Fire("ErrorBudgetBurn", "warning", fault.Service!, from, from + 4); // four minutes on, three off
                    }

                    break;
                case FaultKind.SlowLeak:
                    Fire("HighMemory", "warning", fault.Service!, fault.Start + (int)((fault.End - fault.Start) * 0.7), fault.End + 1);
                    break;
                default:
                    break;
            }
        }

        foreach (SimulatedSeries alert in series.Values)
        {
            fleet.Hide(alert.Samples, null);
        }

        return [.. series.Values];
    }
}

using System.Diagnostics;
using Tars.Accuracy.Fleets;
using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Simulation.Fleets;
namespace Tars.Accuracy;
public static class Prof
{
    public static async Task Run(SimulatedFleet fleet)
    {
        var p = Process.GetCurrentProcess();
        TimeSpan T() { p.Refresh(); return p.UserProcessorTime; }
        var t0 = T(); SeriesSet set = await FleetConfiguration.CollectAsync(fleet, default); var t1 = T();
        MetricSeriesOf.All(set); var t2 = T();
        AnomalyReport.Of(set, FleetConfiguration.Settings, AnomalyOptions.Default, set.Window); var t3 = T();
        MetricSeriesOf.All(set); var t4 = T();
        AnomalyReport.Of(set, FleetConfiguration.Settings, AnomalyOptions.Default, set.Window); var t5 = T();
        Console.WriteLine($"collect {t1 - t0} courses {t2 - t1} detect {t3 - t2}; again courses {t4 - t3} detect {t5 - t4}");
    }
}

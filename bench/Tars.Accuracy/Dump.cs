using System.Globalization;
using Tars.Accuracy.Fleets;
using Tars.Observability.Indicators;
using Tars.Simulation.Fleets;
namespace Tars.Accuracy;
public static class Dump
{
    public static async Task Run(SimulatedFleet fleet, string service, string metric, string dir)
    {
        SeriesSet set = await FleetConfiguration.CollectAsync(fleet, default);
        foreach (var f in fleet.Faults) Console.WriteLine(f);
        foreach (var f in fleet.Decoys) Console.WriteLine(f);
        foreach (var s in MetricSeriesOf.All(set).Where(s => s.Key.Service == service && s.Metric == metric))
        {
            Console.WriteLine($"{s.Key} hourly medians:");
            for (int d = 0; d * 1440 < s.Values.Length; d++)
            {
                Console.WriteLine(s.Grid.TimeOf(d * 1440).ToString("ddd dd", CultureInfo.InvariantCulture) + " " + string.Join(' ', Enumerable.Range(0, 24).Select(h =>
                {
                    var v = s.Values.Skip(d * 1440 + h * 60).Take(60).Where(double.IsFinite).Order().ToArray();
                    return v.Length == 0 ? "-" : (v[v.Length / 2] / (metric == "memory" ? 1e6 : 1)).ToString("0.#", CultureInfo.InvariantCulture);
                })));
            }
        }
    }
}

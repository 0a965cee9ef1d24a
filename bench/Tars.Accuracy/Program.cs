using Tars.Accuracy.IndependentFleet;
using Tars.Simulation.Fleets;

SimulatedFleet fleet = IndependentFleetGenerator.Generate((ulong)Random.Shared.NextInt64());
Console.WriteLine($"{fleet.Start} {fleet.Interval} {fleet.SampleCount} {string.Join(',', fleet.Services)} {string.Join(',', fleet.Regions)} {fleet.Series.Count}");
foreach (var g in fleet.Series.GroupBy(s => s.Metric))
{
    Console.WriteLine($"{g.Key} {g.Count()} {string.Join(',', g.First().Labels.Select(l => l.Key + "=" + l.Value))} min {g.First().Samples.Where(double.IsFinite).DefaultIfEmpty().Min()} max {g.First().Samples.Where(double.IsFinite).DefaultIfEmpty().Max()}");
    Console.WriteLine("   labels: " + string.Join(" ; ", g.SelectMany(s => s.Labels).GroupBy(l => l.Key).Select(l => l.Key + ": " + string.Join(",", l.Select(x => x.Value).Distinct().Take(20)))));
}
foreach (var f in fleet.Faults) Console.WriteLine(f);
foreach (var d in fleet.Decoys) Console.WriteLine(d);
foreach (var d in fleet.Deployments) Console.WriteLine(d);

using System.Globalization;
using System.Security.Cryptography;
using Tars.Accuracy;
using Tars.Accuracy.Fleets;
using Tars.Accuracy.IndependentFleet;
using Tars.Simulation.Fleets;

string Option(string name, string fallback) => Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : fallback;
switch (args.FirstOrDefault())
{
    case "fleets":
        int count = int.Parse(Option("--count", "200"), CultureInfo.InvariantCulture);
        ulong seedBase = ulong.Parse(
            Option("--seed-base", BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)).ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        bool independent = Option("--generator", "fleets") == "independent";
        ulong[] seeds = [.. Enumerable.Range(0, count).Select(i => (seedBase * 1_000_003) + (ulong)i)];
        Console.WriteLine($"generator {(independent ? "independent" : "simulation")}, seed base {seedBase}, seeds {seeds[0]} to {seeds[^1]}");
        IReadOnlyList<FleetScore> scores = await FleetRun.ScoreAsync(
            seeds, seed => independent ? IndependentFleetGenerator.Generate(seed) : FleetGenerator.Generate(seed), CancellationToken.None);
        FleetRun.Print(scores, args.Contains("--details"), Console.Out);
        return 0;
    case "nab" when args.Length == 3:
        Console.WriteLine($"{NabRun.Run(args[1], args[2])} series scored");
        return 0;
    default:
        Console.Error.WriteLine("usage: Tars.Accuracy fleets [--count N] [--seed-base N] [--generator independent] [--details] | nab BENCHMARK-DIR RESULTS-DIR");
        return 2;
}

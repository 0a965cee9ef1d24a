using Tars.Benchmarks;

// One line per benchmark: name, what it measures, what runs it.
(string Name, string Measures, Func<BenchmarkArguments, Task> Run)[] benchmarks =
[
    ("parse", "reading a query_range answer, MB/s per core, beside Utf8JsonReader", ParseBenchmark.RunAsync),
    ("capture", "writing and reading a capture of 100.8 million points: seconds and peak memory", CaptureBenchmark.RunAsync),
    ("retro", "a weekly retrospective over 10,000 series from a capture: seconds and peak memory", RetroBenchmark.RunAsync),
];

if (args.Length == 0 || benchmarks.FirstOrDefault(benchmark => benchmark.Name == args[0]) is not { Run: not null } chosen)
{
    Console.Error.WriteLine("usage: Tars.Benchmarks NAME [--runs N] [--option VALUE …]");
    foreach ((string name, string measures, _) in benchmarks)
    {
        Console.Error.WriteLine($"  {name,-10} {measures}");
    }

    return 2;
}

BenchmarkArguments arguments = BenchmarkArguments.Parse(args.AsSpan(1));
Machine.Print(Console.Out);
await chosen.Run(arguments);
return 0;

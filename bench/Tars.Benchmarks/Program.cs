using Tars.Benchmarks;

// One line per benchmark: name, what it measures, what runs it.
(string Name, string Measures, Func<BenchmarkArguments, Task> Run)[] benchmarks =
[
    ("audit", "the audit log: durable events a second, time to acknowledgement, erasing a person, finding an id", AuditBenchmark.RunAsync),
    ("parse", "reading a query_range answer, MB/s per core, beside Utf8JsonReader", ParseBenchmark.RunAsync),
    ("audit-verify", "verifying an audit log of a million lines: events a second, with one thread and two", AuditVerifyBenchmark.RunAsync),
    ("blobs", "putting files into a directory of blobs and getting them back, beside cp and sha256sum", BlobBenchmark.RunAsync),
    ("capture", "writing and reading a capture of 100.8 million points: seconds and peak memory", CaptureBenchmark.RunAsync),
    ("config", "loading a configuration, whole and damaged: milliseconds a file", ConfigBenchmark.RunAsync),
    ("limits", "deciding whether a request is one too many: nanoseconds and bytes", LimitBenchmark.RunAsync),
    ("retro", "a weekly retrospective over 10,000 series from a capture: seconds and peak memory", RetroBenchmark.RunAsync),
    ("serve", "the API beside a bare Kestrel endpoint under wrk, audited, at half load, under a flood of bad logins; memory", ServeBenchmark.RunAsync),
    ("sign", "signatures with the keys of a ring beside openssl: ratio, and the time of one", SignBenchmark.RunAsync),
    ("store", "the store on SQLite and PostgreSQL: keeping findings, first pages among many, opening; beside the bare databases", StoreBenchmark.RunAsync),
    ("seal", "sealing: in memory beside openssl, 4 GiB beside cp, age and gpg, peak memory, a report of 1 MB", SealBenchmark.RunAsync),
];

if (args.Length == 0 || benchmarks.FirstOrDefault(benchmark => benchmark.Name == args[0]) is not { Run: not null } chosen)
{
    Console.Error.WriteLine("usage: Tars.Benchmarks NAME [--runs N] [--option VALUE …]");
    foreach ((string name, string measures, _) in benchmarks)
    {
        Console.Error.WriteLine($"  {name,-12} {measures}");
    }

    return 2;
}

BenchmarkArguments arguments = BenchmarkArguments.Parse(args.AsSpan(1));
if (!arguments.Options.ContainsKey("child"))
{
    Machine.Print(Console.Out); // a child is measured: it does its work and nothing else
}

await chosen.Run(arguments);
return 0;

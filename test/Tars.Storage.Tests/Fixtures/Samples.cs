using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Storage.Tests.Fixtures;

/// <summary>Rows to keep, made from a seed.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    public static readonly StoredWindow Day = new(Start, Start.AddDays(1));

    public static readonly string[] Services = ["checkout", "search", "Zürich-api", "payments_v2"];

    public static readonly string[] Metrics = ["availability", "latency_p99", "error_rate"];

    public static readonly string[] Kinds = ["anomaly", "regression", "stability", "budget"];

    public static string Digest(string of) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(of)));

    public static NewFinding Finding(Random random, int spreadSeconds = 40)
    {
        DateTimeOffset started = Start.AddSeconds(random.Next(spreadSeconds) * 3600);
        return new NewFinding(
            Kinds[random.Next(Kinds.Length)],
            Services[random.Next(Services.Length)],
            Metrics[random.Next(Metrics.Length)],
            (FindingSeverity)random.Next(5),
            DateOnly.FromDateTime(started.UtcDateTime),
            started,
            string.Create(CultureInfo.InvariantCulture, $"finding {random.Next()} — \"quoted\", 'single', ☃ and a\nline"))
        {
            Ended = random.Next(3) == 0 ? null : started.AddMinutes(random.Next(600)),
            Score = random.Next(3) == 0 ? null : (random.NextDouble() * 20) - 10,
            Effect = random.Next(3) == 0 ? null : random.NextDouble() * 1e-300,
            PValue = random.Next(3) == 0 ? null : random.NextDouble(),
            Details = """{ "expected" : [1.50, null] }""",
        };
    }

    /// <summary>The three states of a figure, each with what may be said of it.</summary>
    public static IReadOnlyList<StoredFigure> Figures { get; } =
    [
        new("availability", "%", new Measurement.Measured(99.95, 1)) { Service = "checkout", Region = "eu-1", Judgement = Judgement.Pass, Labels = """{"tier":"gold"}""" },
        new("error_rate", "%", new Measurement.Measured(0, 0.25)) { Service = "checkout", Judgement = Judgement.Inconclusive("coverage 25% is below 90%") },
        new("latency_p99", "ms", new Measurement.Measured(0.1 + 0.2, 0.999)) { Service = "search", Judgement = Judgement.Fail("0.3 ms is above 0.2 ms") },
        new("availability", "%", new Measurement.NoData("no requests in the window")) { Service = "search", Judgement = Judgement.Inconclusive("not measured") },
        new("requests", string.Empty, new Measurement.QueryFailed("503 from the backend")),
    ];

    public static NewReport Report(string name, int findings, int seed, bool isSealed = true)
    {
        Random random = new(seed);
        string plain = Digest($"plain {name} {seed}");
        string stored = isSealed ? Digest($"sealed {name} {seed}") : plain;
        return new NewReport(name, "kpi", Day, new DateOnly(2026, 1, 31))
        {
            Judgement = Judgement.Fail("checkout: availability 99.0% is below 99.9%"),
            Envelope = isSealed ? new BlobReference(Digest($"envelope {name} {seed}"), 4096) : null,
            Renderings =
            [
                new Rendering("json", name + ".json", new BlobReference(stored, 1234), plain, isSealed ? stored : null),
                new Rendering("markdown", name + ".md", new BlobReference(Digest($"md {name} {seed}"), 0), Digest($"md {name} {seed}")),
            ],
            Figures = Figures,
            Findings = [.. Enumerable.Range(0, findings).Select(_ => Finding(random))],
        };
    }
}

using System.Text;
using Tars.Observability.Stability;
using Tars.Reports.Baselines;
using Tars.Reports.Kpis;

namespace Tars.Reports.Tests.Baselines;

public sealed class LegacyFilesTests
{
    // Fields and meanings as the predecessor's collector wrote them: flat, memory in GiB under a name that says percent.
    private const string Legacy =
        """
        {"ga_start": "2026-01-05T00:00:00Z", "ga_end": "2026-01-06T00:00:00Z", "overall_availability": 99.95, "overall_error_rate": 0.0421, "total_requests": 120000, "total_errors": 51,
         "avg_p50_latency_ms": 40.1, "avg_p95_latency_ms": 210.5, "avg_p99_latency_ms": 0, "avg_cpu_percent": 34.2, "avg_memory_percent": 0.81, "peak_memory_percent": 1.4,
         "certification_status": "PASS"}
        """;

    private static BaselineReading Read(string json) => LegacyFiles.ReadBaseline(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void ReadBaseline_OwnSummary_GivesTheSameBaseline()
    {
        BaselineReading read = LegacyFiles.ReadBaseline(KpiReport.Json(Samples.Kpis(), 0).Content);
        Baseline expected = Baseline.Of(Samples.Kpis());
        Assert.False(read.IsLegacy);
        Assert.Empty(read.Warnings);
        Assert.Equal(expected.Window, read.Baseline.Window);
        Assert.Equal(expected.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal), read.Baseline.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void ReadBaseline_LegacyMemory_IsGibibytesAndLeftOut()
    {
        BaselineReading read = Read(Legacy);
        Assert.True(read.IsLegacy);
        Assert.Equal(99.95, read.Baseline.Values["availability"]);
        Assert.Equal(210.5, read.Baseline.Values["p95_latency_ms"]);
        Assert.DoesNotContain(read.Baseline.Values.Keys, key => key.Contains("memory", StringComparison.Ordinal));
        Assert.Contains(read.Warnings, warning => warning.StartsWith("avg_memory_percent 0.81 is GiB per service, not percent", StringComparison.Ordinal));
    }

    [Fact]
    public void ReadBaseline_LegacyZeroLatency_IsNoMeasurement()
    {
        BaselineReading read = Read(Legacy);
        Assert.DoesNotContain("p99_latency_ms", read.Baseline.Values.Keys);
        Assert.Contains(read.Warnings, warning => warning.StartsWith("avg_p99_latency_ms is 0", StringComparison.Ordinal));
    }

    [Fact]
    public void ReadBaseline_LegacyWithoutRequests_AvailabilityIsNoMeasurement() =>
        Assert.DoesNotContain("availability", Read(Legacy.Replace("120000", "0", StringComparison.Ordinal)).Baseline.Values.Keys);

    [Theory]
    [InlineData("{", "it is no JSON")]
    [InlineData("[]", "it has no overall_availability")]
    [InlineData("""{"overall_availability": 1, "schema_version": "2.0"}""", "schema_version is 2.0")]
    public void ReadBaseline_OtherFile_IsRefused(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<ReportFormatException>(() => Read(json)).Message, StringComparison.Ordinal);
}

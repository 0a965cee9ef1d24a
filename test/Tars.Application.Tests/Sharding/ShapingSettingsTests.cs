using Tars.Application.Sharding;
using Tars.Application.Tests.Settings;
using Xunit;

namespace Tars.Application.Tests.Sharding;

public sealed class ShapingSettingsTests
{
    private const string Two = """
        observability: { step: 1m, backends: { west: { prometheus_url: "http://west:9090" }, east: { prometheus_url: "http://east:9090" } } }
        services: [{ name: a, preset: process, backend: west }, { name: b, preset: process, backend: east }]
        objectives: [{ service: a, indicator: memory, target: 0.99, threshold: 100MB }]

        """;

    [Theory]
    [InlineData("http://west:9090", "http://elsewhere:9090")]
    [InlineData("step: 1m,", "step: 1m, concurrency: 9, retries: 1, timeout: 9s, output_dir: other, settle_delay: 1h,")]
    [InlineData("services:", "api: { port: 9000 }\nservices:")]
    [InlineData("services:", "telemetry: { log_level: DEBUG }\nservices:")]
    public void Sha256_HowABackendIsReachedOrAReportKept_DoesNotCount(string part, string other) =>
        Assert.Equal(Of(Two), Of(Two.Replace(part, other, StringComparison.Ordinal)));

    [Theory]
    [InlineData("step: 1m", "step: 2m")]
    [InlineData("step: 1m", "step: 1m, coverage_minimum: 80%")]
    [InlineData("step: 1m", "step: 1m, bridge_limit: 2h")]
    [InlineData("step: 1m", "step: 1m, series_limit: 5")]
    [InlineData("step: 1m", "step: 1m, time_zone: Europe/Berlin")]
    [InlineData("name: b,", "name: b, depends_on: [a],")]
    [InlineData("backend: east", "backend: west")]
    [InlineData("target: 0.99", "target: 0.98")]
    [InlineData("services:", "prices: { cpu_core_hour: 1 }\nservices:")]
    [InlineData("services:", "regions: { primary: eu }\nservices:")]
    [InlineData("services:", "maintenance: [{ from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, reason: work }]\nservices:")]
    [InlineData("services:", "deployments: { version_label: version }\nservices:")]
    public void Sha256_WhatShapesAReport_Counts(string part, string other) =>
        Assert.NotEqual(Of(Two), Of(Two.Replace(part, other, StringComparison.Ordinal)));

    private static string Of(string yaml) => ShapingSettings.Sha256(SettingsFile.Bind(yaml));
}

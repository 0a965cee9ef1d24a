using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Indicators;

/// <summary>Services, indicators and settings that many tests use.</summary>
internal static class Definitions
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IndicatorDefinition.Ratio Availability { get; } = new(
        IndicatorNames.Availability, SelectorParser.Parse("http_requests_total{code=~\"5..\"}"), RatioPart.Bad, SelectorParser.Parse("http_requests_total"), true);

    public static IndicatorDefinition.Latency Latency { get; } = new(
        IndicatorNames.Latency, SelectorParser.Parse("http_request_duration_seconds"), 1, [0.5, 0.95, 0.99]);

    public static IndicatorDefinition.Rate Cpu { get; } = new(IndicatorNames.Cpu, SelectorParser.Parse("process_cpu_seconds_total"), null, "cores", Better.Lower);

    public static IndicatorDefinition.Gauge Memory { get; } = new(
        IndicatorNames.Memory, SelectorParser.Parse("process_resident_memory_bytes"), Aggregation.Sum, null, false, "bytes", Better.Lower);

    public static ServiceDefinition Service(string name, params IndicatorDefinition[] indicators) => new(
        name, ServiceKind.Service, [new LabelMatcher("job", MatchOperator.Equal, name)], "region", [], indicators);

    public static AnalysisSettings Settings(params Objective[] objectives) =>
        new(objectives, [], [], new Ratio(0.9), TimeZoneInfo.Utc, null, null);

    public static Objective AvailabilityObjective(string service, double target) =>
        new(service, IndicatorNames.Availability, new ObjectiveGoal.GoodEvents(), new Ratio(target), TimeSpan.FromDays(30));

    public static TimeWindow Hours(double hours, double after = 0) => new(Start.AddHours(after), Start.AddHours(after + hours));

    /// <summary>The value of a measured figure; anything else fails the test with its reason.</summary>
    public static double Number(Figure? figure) => Assert.IsType<Figure.Measured>(figure).Number;
}

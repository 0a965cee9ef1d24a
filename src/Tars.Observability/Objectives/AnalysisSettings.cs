using Tars.Observability.TimeSeries;

namespace Tars.Observability.Objectives;

/// <summary>What every analysis needs to know besides the series: promises, exceptions, and how strict to be.</summary>
/// <param name="Objectives">The objectives.</param>
/// <param name="Maintenance">Announced maintenance.</param>
/// <param name="Deployments">Deployments written in the configuration (those seen in data are in the series set).</param>
/// <param name="CoverageMinimum">Coverage below which a verdict is inconclusive.</param>
/// <param name="TimeZone">The time zone in which a "day" is meant.</param>
/// <param name="PrimaryRegion">The region others are compared with, or null.</param>
/// <param name="Prices">The price table, or null: then nothing is said about cost.</param>
public sealed record AnalysisSettings(
    IReadOnlyList<Objective> Objectives,
    IReadOnlyList<MaintenanceWindow> Maintenance,
    IReadOnlyList<Deployment> Deployments,
    Ratio CoverageMinimum,
    TimeZoneInfo TimeZone,
    string? PrimaryRegion,
    PriceTable? Prices)
{
    /// <summary>Version of the analysis methods; part of every report, changed whenever a formula changes.</summary>
    public const string MethodVersion = "1";
}

/// <summary>Prices as the user states them.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="PerCpuCoreHour">Price of a CPU core in use for an hour, or null.</param>
/// <param name="PerMemoryGibHour">Price of a GiB of memory in use for an hour, or null.</param>
/// <param name="PerMillionRequests">Price of a million requests, or null.</param>
public sealed record PriceTable(string Currency, double? PerCpuCoreHour, double? PerMemoryGibHour, double? PerMillionRequests);

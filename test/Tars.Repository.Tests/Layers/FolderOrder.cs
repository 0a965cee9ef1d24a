namespace Tars.Repository.Tests.Layers;

/// <summary>The reading order inside Tars.Observability: for each folder, the folders that stand upstream of it.</summary>
internal static class FolderOrder
{
    private static readonly string[] BeforeFindings = ["TimeSeries", "Indicators", "Objectives", "Kpis"];
    private static readonly string[] Findings = ["Budgets", "Stability", "Anomalies", "Regressions"];

    internal static IReadOnlyDictionary<string, string[]> Upstream { get; } = new Dictionary<string, string[]>
    {
        ["TimeSeries"] = [],
        ["Prometheus"] = ["TimeSeries"],
        ["Captures"] = ["TimeSeries", "Indicators"], // an import evaluates selectors
        ["Indicators"] = ["TimeSeries"],
        ["Objectives"] = ["TimeSeries", "Indicators"],
        ["Kpis"] = ["TimeSeries", "Indicators", "Objectives"],
        ["Budgets"] = BeforeFindings,
        ["Stability"] = BeforeFindings,
        ["Anomalies"] = BeforeFindings,
        ["Regressions"] = BeforeFindings,
        ["Health"] = [.. BeforeFindings, .. Findings],
        ["Retrospectives"] = [.. BeforeFindings, .. Findings, "Health"],
    };

    /// <summary>Whether <paramref name="user"/> may use <paramref name="used"/>; a folder may use itself.</summary>
    internal static bool Allows(string user, string used) =>
        user == used || (Upstream.TryGetValue(user, out string[]? upstream) && upstream.Contains(used));
}

using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Observability.Indicators;

namespace Tars.Application.Settings;

/// <summary>Binds one indicator.</summary>
internal static class IndicatorBinding
{
    private static readonly string[] Kinds = ["ratio", "histogram", "rate", "gauge"];

    private static readonly string[] Parts = ["good", "bad", "used"];

    private static readonly Dictionary<string, string[]> Accepts = new()
    {
        ["ratio"] = ["description", "ratio"],
        ["histogram"] = ["description", "histogram", "bucket_unit", "quantiles"],
        ["rate"] = ["description", "rate", "capacity", "unit", "better"],
        ["gauge"] = ["description", "gauge", "aggregate", "capacity", "counts", "unit", "better"],
    };

    public static IndicatorDefinition? Bind(string name, SettingsSection section, List<SettingsProblem> problems)
    {
        string[] kinds = [.. Kinds.Where(section.IsWritten)];
        if (kinds.Length != 1)
        {
            problems.Add(section.Problem(
                null, kinds.Length == 0 ? $"says nothing of what it is; write one of {string.Join(", ", Kinds)}" : $"is {string.Join(" and ", kinds)}; keep one"));
            return null;
        }

        foreach (string key in section.Keys.Except(Accepts[kinds[0]]))
        {
            problems.Add(section.Problem(key, $"does not belong to a {kinds[0]}; leave it out"));
        }

        return kinds[0] switch
        {
            "ratio" => Ratio(name, section.Section("ratio"), problems),
            "histogram" => Latency(name, section, problems),
            "rate" => Rate(name, section, problems),
            _ => Gauge(name, section, problems),
        };
    }

    /// <summary>Returns the selector at <paramref name="key"/>; null, with a problem, when it is none.</summary>
    public static Selector? ReadSelector(SettingsSection section, string key, List<SettingsProblem> problems)
    {
        if (SelectorParser.TryParse(section.Text(key), out Selector? selector, out string? problem))
        {
            return selector;
        }

        problems.Add(section.Problem(key, $"is not a PromQL selector: {problem}"));
        return null;
    }

    private static IndicatorDefinition.Ratio? Ratio(string name, SettingsSection ratio, List<SettingsProblem> problems)
    {
        string[] parts = [.. Parts.Where(ratio.Has)];
        bool halves = parts is ["good", "bad"] && !ratio.Has("total");
        if (!halves && (parts.Length != 1 || !ratio.Has("total")))
        {
            problems.Add(ratio.Problem(null, "is not a ratio; write total and one of good, bad, used, or good and bad without total"));
            return null;
        }

        Selector? part = ReadSelector(ratio, parts[0], problems);
        Selector? whole = ReadSelector(ratio, halves ? "bad" : "total", problems);
        RatioPart partIs = parts[0] switch
        {
            "good" => RatioPart.Good,
            "bad" => RatioPart.Bad,
            _ => RatioPart.Used,
        };
        return part is null || whole is null ? null : new IndicatorDefinition.Ratio(name, part, partIs, whole, WholeIncludesPart: !halves);
    }

    private static IndicatorDefinition.Latency? Latency(string name, SettingsSection section, List<SettingsProblem> problems)
    {
        double[] quantiles = [.. section.Ratios("quantiles").Distinct().Order()];
        if (quantiles.Length == 0 || quantiles[0] <= 0 || quantiles[^1] >= 1)
        {
            problems.Add(section.Problem("quantiles", "holds no quantile above 0 and below 1, or one outside; write for example [0.5, 0.95, 0.99]"));
        }

        Selector? histogram = ReadSelector(section, "histogram", problems);
        if (histogram?.Metric.EndsWith("_bucket", StringComparison.Ordinal) == true)
        {
            problems.Add(section.Problem("histogram", $"{histogram.Metric} names the buckets; write {histogram.Metric[..^"_bucket".Length]}"));
        }

        double secondsPerUnit = section.Text("bucket_unit") == "seconds" ? 1 : 0.001;
        return histogram is null ? null : new IndicatorDefinition.Latency(name, histogram, secondsPerUnit, quantiles);
    }

    private static IndicatorDefinition.Rate? Rate(string name, SettingsSection section, List<SettingsProblem> problems)
    {
        Selector? counter = ReadSelector(section, "rate", problems);
        Selector? capacity = section.Has("capacity") ? ReadSelector(section, "capacity", problems) : null;
        return counter is null ? null : new IndicatorDefinition.Rate(name, counter, capacity, section.TextOrNull("unit") ?? "1/s", BetterOf(section));
    }

    private static IndicatorDefinition.Gauge? Gauge(string name, SettingsSection section, List<SettingsProblem> problems)
    {
        Selector? gauge = ReadSelector(section, "gauge", problems);
        Selector? capacity = section.Has("capacity") ? ReadSelector(section, "capacity", problems) : null;
        if (section.IsWritten("counts") && !section.Has("capacity"))
        {
            problems.Add(section.Problem("counts", "says what a share counts; write capacity as well"));
        }

        Aggregation aggregation = section.Text("aggregate") switch
        {
            "avg" => Aggregation.Average,
            "min" => Aggregation.Min,
            "max" => Aggregation.Max,
            _ => Aggregation.Sum,
        };
        return gauge is null ? null : new IndicatorDefinition.Gauge(
            name, gauge, aggregation, capacity, section.Text("counts") == "free", section.TextOrNull("unit") ?? "", BetterOf(section));
    }

    private static Better BetterOf(SettingsSection section) => section.Text("better") switch
    {
        "higher" => Better.Higher,
        "neither" => Better.Neither,
        _ => Better.Lower,
    };
}

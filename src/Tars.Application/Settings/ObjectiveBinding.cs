using System.Diagnostics;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Scalars;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Settings;

/// <summary>Binds <c>objectives</c>.</summary>
internal static class ObjectiveBinding
{
    public static IReadOnlyList<Objective> Bind(
        SettingsSection root, IReadOnlyDictionary<string, ServiceDefinition> services, List<SettingsProblem> problems)
    {
        List<Objective> objectives = [];
        HashSet<string> names = [];
        foreach (SettingsSection section in root.Sections("objectives"))
        {
            if (IndicatorOf(section, services, problems) is not IndicatorDefinition indicator)
            {
                continue;
            }

            double target = section.Ratio("target");
            if (target is <= 0 or >= 1)
            {
                problems.Add(section.Problem("target", target > 0
                    ? $"{section.Text("target")} leaves no error budget; write a share below 100%, such as 99.99%"
                    : $"{section.Text("target")} promises nothing; write a share above 0"));
                continue;
            }

            if (Goal(section, indicator, problems) is ObjectiveGoal goal)
            {
                Objective objective = new(section.Text("service"), indicator.Name, goal, new Ratio(target), section.Duration("window"));
                if (!names.Add(objective.Name))
                {
                    problems.Add(section.Problem(null, $"{objective.Name} is promised by an earlier objective; keep one"));
                }

                objectives.Add(objective);
            }
        }

        return objectives;
    }

    private static IndicatorDefinition? IndicatorOf(
        SettingsSection section, IReadOnlyDictionary<string, ServiceDefinition> services, List<SettingsProblem> problems)
    {
        string name = section.Text("service");
        if (!services.TryGetValue(name, out ServiceDefinition? service))
        {
            problems.Add(section.Problem("service", ObservabilityBinding.Unknown(name, "service", services.Keys)));
            return null;
        }

        string indicator = section.Text("indicator");
        IndicatorDefinition? found = service.Indicators.FirstOrDefault(i => i.Name == indicator);
        if (found is null)
        {
            problems.Add(section.Problem(
                "indicator", ObservabilityBinding.Unknown(indicator, $"indicator of {name} named", service.Indicators.Select(i => i.Name))));
        }

        return found;
    }

    private static ObjectiveGoal? Goal(SettingsSection section, IndicatorDefinition indicator, List<SettingsProblem> problems)
    {
        string kind = indicator switch
        {
            IndicatorDefinition.Ratio => "a ratio",
            IndicatorDefinition.Latency => "a histogram",
            IndicatorDefinition.Gauge => "a gauge",
            IndicatorDefinition.Rate => "a rate",
            _ => throw new UnreachableException(),
        };
        string[] foreign = indicator switch
        {
            IndicatorDefinition.Ratio => ["threshold", "quantile", "good_when"],
            IndicatorDefinition.Latency => ["good_when"],
            _ => ["quantile"],
        };
        foreach (string key in foreign.Where(section.Has))
        {
            problems.Add(section.Problem(key, $"does not belong to an objective of {kind}; leave it out"));
        }

        if (indicator is IndicatorDefinition.Ratio)
        {
            return new ObjectiveGoal.GoodEvents();
        }

        if (!section.Has("threshold"))
        {
            problems.Add(section.Problem(null, $"has no threshold, and {indicator.Name} is {kind}; write threshold: {(indicator is IndicatorDefinition.Latency ? "500ms" : "and what still counts as good")}"));
            return null;
        }

        return indicator is IndicatorDefinition.Latency ? Faster(section, problems) : Within(section, indicator, problems);
    }

    private static ObjectiveGoal.FasterThan? Faster(SettingsSection section, List<SettingsProblem> problems)
    {
        double? quantile = section.Has("quantile") ? section.Ratio("quantile") : null;
        if (quantile is <= 0 or >= 1)
        {
            problems.Add(section.Problem("quantile", $"{section.Text("quantile")} is not a quantile above 0 and below 1; write for example 0.99"));
        }

        if (!DurationText.TryParse(section.Text("threshold"), out TimeSpan threshold) || threshold <= TimeSpan.Zero)
        {
            problems.Add(section.Problem("threshold", $"{section.Text("threshold")} is not a duration above 0; write for example 500ms"));
            return null;
        }

        return new ObjectiveGoal.FasterThan(threshold.TotalSeconds, quantile);
    }

    private static ObjectiveGoal.WithinLimit? Within(SettingsSection section, IndicatorDefinition indicator, List<SettingsProblem> problems)
    {
        string text = section.Text("threshold");
        double? limit = indicator.Unit switch
        {
            "%" => RatioText.TryParse(text, out double share) ? 100 * share : null,
            "bytes" => ByteSizeText.TryParse(text, out long bytes) ? bytes : null,
            "s" => DurationText.TryParse(text, out TimeSpan duration) ? duration.TotalSeconds : null,
            _ => NumberText.TryParse(text, out double number) ? number : null,
        };
        if (limit is null)
        {
            string write = indicator.Unit switch
            {
                "%" => "a share, such as 80%",
                "bytes" => "a size, such as 2GiB",
                "s" => "a duration, such as 500ms",
                _ => $"a number{(indicator.Unit.Length == 0 ? "" : " of " + indicator.Unit)}",
            };
            problems.Add(section.Problem("threshold", $"{text} does not fit {indicator.Name}; write {write}"));
            return null;
        }

        if (!section.Has("good_when") && indicator.Better == Better.Neither)
        {
            problems.Add(section.Problem(null, $"does not say which side of {text} is good; write good_when: at_most or at_least"));
            return null;
        }

        bool atMost = section.Has("good_when") ? section.Text("good_when") == "at_most" : indicator.Better == Better.Lower;
        return new ObjectiveGoal.WithinLimit(limit.Value, atMost);
    }
}

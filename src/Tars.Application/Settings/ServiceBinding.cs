using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Observability.Indicators;
using Tars.Observability.Indicators.Presets;

namespace Tars.Application.Settings;

/// <summary>Binds <c>services</c> and <c>infrastructure</c>.</summary>
internal static class ServiceBinding
{
    public static IReadOnlyList<ServiceDefinition> Bind(
        LoadedSettings loaded, ObservabilitySettings? observability, Dictionary<string, string> backendOf, List<SettingsProblem> problems)
    {
        SettingsSection regions = loaded.Section("regions");
        string? regionLabel = regions.Keys.Any() ? regions.Text("label") : null;
        List<(SettingsSection Section, ServiceKind Kind)> sections =
        [
            .. loaded.Root.Sections("services").Select(section => (section, ServiceKind.Service)),
            .. loaded.Root.Sections("infrastructure").Select(section => (section, ServiceKind.Infrastructure)),
        ];
        Dictionary<string, ServiceDefinition> services = [];
        foreach ((SettingsSection section, ServiceKind kind) in sections)
        {
            string name = section.Text("name");
            if (!services.TryAdd(name, Define(section, kind, regionLabel, problems)))
            {
                problems.Add(section.Problem("name", $"{name} is the name of an earlier service; write another"));
                continue;
            }

            backendOf[name] = section.TextOrNull("backend") ?? observability?.Backend.Name ?? ObservabilityBinding.DefaultName;
            if (observability is not null && !observability.Backends.ContainsKey(backendOf[name]))
            {
                problems.Add(section.Problem("backend", ObservabilityBinding.Unknown(backendOf[name], "backend", observability.Backends.Keys)));
            }
        }

        foreach ((SettingsSection section, _) in sections)
        {
            CheckNames(section, "depends_on", services, problems);
            if (section.Texts("depends_on").Contains(section.Text("name")))
            {
                problems.Add(section.Problem("depends_on", $"{section.Text("name")} depends on itself; leave it out"));
            }
        }

        return [.. services.Values];
    }

    /// <summary>Adds a problem for every name in the list at <paramref name="key"/> that no service bears.</summary>
    public static void CheckNames(
        SettingsSection section, string key, IReadOnlyDictionary<string, ServiceDefinition> services, List<SettingsProblem> problems)
    {
        IReadOnlyList<string> names = section.Texts(key);
        for (int i = 0; i < names.Count; i++)
        {
            if (!services.ContainsKey(names[i]))
            {
                string path = section.Path.Length == 0 ? key : $"{section.Path}.{key}";
                problems.Add(new SettingsProblem(
                    section.OriginOf(key, i), $"{path}[{i}]", ObservabilityBinding.Unknown(names[i], "service", services.Keys)));
            }
        }
    }

    private static ServiceDefinition Define(SettingsSection section, ServiceKind kind, string? regionLabel, List<SettingsProblem> problems)
    {
        Dictionary<string, IndicatorDefinition> indicators = [];
        foreach ((string name, SettingsSection indicator) in section.NamedSections("indicators"))
        {
            if (IndicatorBinding.Bind(name, indicator, problems) is IndicatorDefinition definition)
            {
                indicators.Add(name, definition);
            }
        }

        foreach (string preset in section.Texts("preset"))
        {
            // The schema lists the presets; a test holds the two lists together. What is written by hand, or by an earlier preset, stays.
            foreach (IndicatorDefinition definition in PresetCatalog.Find(preset)!.Indicators)
            {
                indicators.TryAdd(definition.Name, definition);
            }
        }

        if (indicators.Count == 0 && !section.NamedSections("indicators").Any())
        {
            problems.Add(section.Problem(null, $"{section.Text("name")} has no indicator; write a preset or indicators"));
        }

        return new ServiceDefinition(
            section.Text("name"),
            kind,
            [.. section.TextMap("labels").Select(pair => new LabelMatcher(pair.Key, MatchOperator.Equal, pair.Value))],
            section.TextOrNull("region_label") ?? regionLabel,
            section.Texts("depends_on"),
            [.. indicators.Values]);
    }
}

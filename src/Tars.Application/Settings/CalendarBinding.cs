using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Settings;

/// <summary>Binds <c>maintenance</c> and <c>deployments</c>.</summary>
internal static class CalendarBinding
{
    public static IReadOnlyList<MaintenanceWindow> Maintenance(
        SettingsSection root, IReadOnlyDictionary<string, ServiceDefinition> services, List<SettingsProblem> problems)
    {
        List<MaintenanceWindow> windows = [];
        foreach (SettingsSection section in root.Sections("maintenance"))
        {
            ServiceBinding.CheckNames(section, "services", services, problems);
            if (section.Instant("to") <= section.Instant("from"))
            {
                problems.Add(section.Problem("to", $"{section.Text("to")} is not after from, {section.Text("from")}"));
                continue;
            }

            windows.Add(new MaintenanceWindow(
                new TimeWindow(section.Instant("from"), section.Instant("to")), section.Texts("services"), section.Text("reason")));
        }

        return windows;
    }

    public static IReadOnlyList<Deployment> Deployments(
        SettingsSection section,
        IReadOnlyList<ServiceDefinition> all,
        IReadOnlyDictionary<string, ServiceDefinition> byName,
        List<SettingsProblem> problems)
    {
        List<Deployment> deployments = [];
        foreach (SettingsSection entry in section.Sections("list"))
        {
            ServiceBinding.CheckNames(entry, "services", byName, problems);
            IReadOnlyList<string> services = entry.Has("services")
                ? entry.Texts("services")
                : [.. all.Where(service => service.Kind == ServiceKind.Service).Select(service => service.Name)];
            deployments.AddRange(services.Select(service => new Deployment(
                service, entry.Instant("at"), entry.Text("version"), entry.TextOrNull("previous_version"), "configuration")));
        }

        return [.. deployments.OrderBy(deployment => deployment.Time).ThenBy(deployment => deployment.Service, StringComparer.Ordinal)];
    }

    public static DeploymentEvidence? Evidence(SettingsSection section, List<SettingsProblem> problems)
    {
        if (section.Has("query"))
        {
            if (section.Has("version_label"))
            {
                problems.Add(section.Problem("query", "is given beside version_label; keep one"));
            }

            return IndicatorBinding.ReadSelector(section, "query", problems) is Selector query ? new DeploymentEvidence.ChangedValue(query) : null;
        }

        if (!section.Has("version_label"))
        {
            if (section.IsWritten("version_metric"))
            {
                problems.Add(section.Problem("version_metric", "is given without version_label; write the label"));
            }

            return null;
        }

        Selector? metric = IndicatorBinding.ReadSelector(section, "version_metric", problems);
        if (metric is { Matchers.Count: > 0 })
        {
            problems.Add(section.Problem("version_metric", $"{metric} has matchers; write the metric's name alone"));
        }

        return metric is null ? null : new DeploymentEvidence.VersionLabel(section.Text("version_label"), metric.Metric);
    }
}

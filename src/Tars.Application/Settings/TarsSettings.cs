using Tars.Application.Settings.Refusals;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;
using Tars.Configuration.Sections;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;

namespace Tars.Application.Settings;

/// <summary>A configuration in the terms of the analyses.</summary>
/// <param name="Loaded">The configuration it was made of, to explain values and to read the sections that have no analysis.</param>
/// <param name="Observability">Backends and how they are read.</param>
/// <param name="Services">Services and infrastructure, in the order written; names unique.</param>
/// <param name="BackendOf">The backend of every service and piece of infrastructure, by its name.</param>
/// <param name="DeploymentEvidence">How deployments show in the data, or null when they do not.</param>
/// <param name="Analysis">Objectives, maintenance, deployments, regions and prices.</param>
public sealed record TarsSettings(
    LoadedSettings Loaded,
    ObservabilitySettings Observability,
    IReadOnlyList<ServiceDefinition> Services,
    IReadOnlyDictionary<string, string> BackendOf,
    DeploymentEvidence? DeploymentEvidence,
    AnalysisSettings Analysis)
{
    /// <summary>The refusals of the profile <c>prod</c> that a file waives; every run reports them.</summary>
    public IReadOnlyList<Waiver> Waivers { get; init; } = [];

    /// <summary>Finds, loads and binds a configuration without asking a secret backend.</summary>
    /// <param name="search">Where it is.</param>
    /// <param name="requirements">What is asked of it.</param>
    /// <exception cref="SettingsException">Something is wrong; every problem is in it.</exception>
    public static TarsSettings Load(SettingsSearch search, Requirements requirements = Requirements.None) =>
        Of(SettingsLoader.Load(For(search, requirements), TarsSchema.Instance), requirements);

    /// <summary>Finds, loads and binds a configuration; a secret backend is asked for what the configuration needs of it.</summary>
    /// <param name="search">Where it is.</param>
    /// <param name="requirements">What is asked of it.</param>
    /// <param name="backendOf">Makes the backend that a valid <c>secrets</c> section describes; the caller disposes it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SettingsException">Something is wrong; every problem is in it.</exception>
    public static async Task<TarsSettings> LoadAsync(
        SettingsSearch search, Requirements requirements, Func<SettingsSection, ISecretBackend?> backendOf, CancellationToken cancellationToken) =>
        Of(await SettingsLoader.LoadAsync(For(search, requirements), TarsSchema.Instance, backendOf, cancellationToken).ConfigureAwait(false), requirements);

    /// <summary>Binds a loaded configuration: names refer to what exists, parts fit together, and it does what is required of it.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="requirements">What is asked of it.</param>
    /// <exception cref="SettingsException">They do not; every problem is in it.</exception>
    public static TarsSettings Of(LoadedSettings loaded, Requirements requirements = Requirements.None)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        List<SettingsProblem> problems = [];
        ObservabilitySettings? observability = ObservabilityBinding.Bind(loaded.Section("observability"), problems);
        Dictionary<string, string> backendOf = [];
        IReadOnlyList<ServiceDefinition> services = ServiceBinding.Bind(loaded, observability, backendOf, problems);
        Dictionary<string, ServiceDefinition> byName = services.ToDictionary(service => service.Name);
        IReadOnlyList<Objective> objectives = ObjectiveBinding.Bind(loaded.Root, byName, problems);
        IReadOnlyList<MaintenanceWindow> maintenance = CalendarBinding.Maintenance(loaded.Root, byName, problems);
        IReadOnlyList<Deployment> deployments = CalendarBinding.Deployments(loaded.Section("deployments"), services, byName, problems);
        DeploymentEvidence? evidence = CalendarBinding.Evidence(loaded.Section("deployments"), problems);
        PriceTable? prices = Prices(loaded, problems);
        string? primary = PrimaryRegion(loaded.Section("regions"), problems);
        FittingChecks.Always(loaded, problems);
        IReadOnlyList<Waiver> waivers = Refuse(loaded, requirements, problems);
        if (problems.Count > 0 || observability is null)
        {
            throw SettingsException.Ordered(loaded.Redact(problems));
        }

        AnalysisSettings analysis = new(
            objectives, maintenance, deployments, observability.CoverageMinimum, observability.TimeZone, primary, prices);
        return new TarsSettings(loaded, observability, services, backendOf, evidence, analysis) { Waivers = waivers };
    }

    // Secrets of the API are asked for whoever serves it; no other command waits for a backend that it has no use for.
    private static SettingsSearch For(SettingsSearch search, Requirements requirements) =>
        search with { Uses = requirements.HasFlag(Requirements.Api) ? SecretUses.All : SecretUses.Command };

    private static IReadOnlyList<Waiver> Refuse(LoadedSettings loaded, Requirements requirements, List<SettingsProblem> problems)
    {
        if (requirements.HasFlag(Requirements.Command))
        {
            MissingFeatures.Check(loaded.Section("security"), problems);
            FittingChecks.Sealing(loaded, problems);
        }

        if (requirements.HasFlag(Requirements.Api))
        {
            FittingChecks.Api(loaded, problems);
        }

        return ProductionRules.Check(loaded, requirements, problems);
    }

    /// <summary>Returns what to collect.</summary>
    /// <param name="services">The services; null for all.</param>
    /// <param name="includeAlerts">Whether to read firing alerts.</param>
    public CollectionRequest ToCollection(IReadOnlyList<ServiceDefinition>? services = null, bool includeAlerts = true) =>
        new(services ?? Services, DeploymentEvidence, includeAlerts, Observability.SeriesLimit, Observability.BridgeLimit);

    private static PriceTable? Prices(LoadedSettings loaded, List<SettingsProblem> problems)
    {
        SettingsSection prices = loaded.Section("prices");
        if (!prices.Keys.Any())
        {
            return null;
        }

        string[] keys = ["cpu_core_hour", "memory_gib_hour", "million_requests"];
        if (!keys.Any(prices.Has))
        {
            problems.Add(prices.Problem(null, $"has no price; write at least one of {string.Join(", ", keys)}"));
        }

        double?[] values = [.. keys.Select(key => prices.Has(key) ? prices.Number(key) : (double?)null)];
        return new PriceTable(prices.Text("currency"), values[0], values[1], values[2]);
    }

    private static string? PrimaryRegion(SettingsSection regions, List<SettingsProblem> problems)
    {
        IReadOnlyList<string> names = regions.Texts("names");
        string? primary = regions.TextOrNull("primary");
        if (primary is not null && names.Count > 0 && !names.Contains(primary))
        {
            problems.Add(regions.Problem("primary", $"{primary} is none of regions.names; write one of {string.Join(", ", names)}"));
        }

        return primary;
    }
}

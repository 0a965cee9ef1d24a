using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Failures;

/// <summary>Two quiet days of a simulated fleet behind a simulated backend, and a configuration for two of its services.</summary>
public sealed class SmallFleet : IAsyncLifetime
{
    private const string Configuration = """
        observability: { step: 1m, retries: 1 }
        regions: { label: region, primary: eu-west-1, names: [eu-west-1, us-east-1] }
        services:
          - { name: frontend, labels: { service: frontend }, preset: prometheus-http, indicators: { memory: { gauge: process_resident_memory_bytes, unit: bytes } } }
          - { name: checkout, labels: { service: checkout }, preset: prometheus-http, indicators: { memory: { gauge: process_resident_memory_bytes, unit: bytes } } }
        objectives:
          - { service: frontend, indicator: availability, target: 50%, window: 7d }
          - { service: checkout, indicator: latency, threshold: 10s, target: 50%, window: 7d }
        """;

    private readonly TemporaryDirectory _folder = new();
    private SimulatedBackend? _backend;

    /// <summary>The backend's base address.</summary>
    public Uri Address => _backend!.Address;

    /// <summary>The flag that names the configuration.</summary>
    public string[] Flags => ["--config", _folder.Combine("fleet.yaml")];

    /// <summary>A window of two hours.</summary>
    public string[] Window { get; } = ["--from", "2026-01-05T02:00Z", "--to", "2026-01-05T04:00Z"];

    /// <summary>The two hours after it.</summary>
    public string[] NextWindow { get; } = ["--from", "2026-01-05T04:00Z", "--to", "2026-01-05T06:00Z"];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _folder.WriteText("fleet.yaml", Configuration);
        FleetOptions options = new() { Duration = TimeSpan.FromDays(2), Faults = [], Decoys = [], RoutineDeployments = false };
        _backend = await SimulatedBackend.StartAsync(FleetGenerator.Generate(20260105, options), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_backend is not null)
        {
            await _backend.DisposeAsync();
        }

        _folder.Dispose();
    }
}

/// <summary>The test classes that share it.</summary>
[CollectionDefinition(Name)]
public sealed class FleetBackends : ICollectionFixture<SmallFleet>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "a small simulated fleet";
}

using Tars.Cli.Tests;
using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Tars.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(FleetBackend))]

namespace Tars.Cli.Tests;

/// <summary>Two quiet days of the simulated fleet behind the HTTP API, shared by all tests.</summary>
public sealed class FleetBackend : IAsyncLifetime
{
    public const string From = "2026-01-06T00:00:00Z";
    public const string To = "2026-01-06T06:00:00Z";

    private readonly TemporaryDirectory _folder = new();
    private SimulatedBackend? _backend;

    /// <summary>The backend.</summary>
    internal SimulatedBackend Backend => _backend!;

    /// <summary>Six hours of it: address and window.</summary>
    internal string[] Window => ["--prometheus-url", Backend.Address.ToString(), "--from", From, "--to", To];

    /// <summary>One service with two indicators and a promise of <paramref name="target"/>.</summary>
    internal static string Configuration(string target, string more = "") => $$"""
        services:
          - name: checkout
            labels: { service: checkout }
            region_label: region
            preset: prometheus-http
            indicators:
              memory: { gauge: process_resident_memory_bytes, unit: bytes }
        {{more}}
        objectives:
          - { service: checkout, indicator: availability, target: {{target}}, window: 7d }
        """;

    public async ValueTask InitializeAsync()
    {
        SimulatedFleet fleet = FleetGenerator.Generate(11, new FleetOptions { Duration = TimeSpan.FromDays(2), Faults = [], Decoys = [] });
        _backend = await SimulatedBackend.StartAsync(fleet, TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        _folder.Dispose();
    }
}

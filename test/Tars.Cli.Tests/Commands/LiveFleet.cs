using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Xunit;

namespace Tars.Cli.Tests.Commands;

/// <summary>A quiet simulated fleet behind a simulated backend, from three hours ago on: what a watch looks at.</summary>
public sealed class LiveFleet : IAsyncLifetime
{
    private SimulatedBackend? _backend;

    /// <summary>The backend's address.</summary>
    public Uri Address => _backend!.Address;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        DateTimeOffset hour = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600 * 3600);
        FleetOptions options = new() { Start = hour - TimeSpan.FromHours(3), Duration = TimeSpan.FromHours(8), Faults = [], Decoys = [], RoutineDeployments = false };
        _backend = await SimulatedBackend.StartAsync(FleetGenerator.Generate(5, options), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _backend?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The test classes that share it.</summary>
[CollectionDefinition(Name)]
public sealed class LiveFleets : ICollectionFixture<LiveFleet>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "a live simulated fleet";
}

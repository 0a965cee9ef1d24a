using Tars.Application.Collecting;
using Tars.Application.Settings;
using Tars.Application.Sharding;
using Tars.Configuration.Layers;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sharding;

/// <summary>The demo's fleet behind the HTTP API, read whole and in parts as the commands read it. The window holds planted faults.</summary>
public sealed class ShardedFleet : IAsyncLifetime
{
    private SimulatedBackend? _backend;

    /// <summary>Two days of the second week.</summary>
    internal static TimeWindow Window { get; } = new(At(16), At(18));

    /// <summary>Three days before it.</summary>
    internal static TimeSpan History { get; } = TimeSpan.FromDays(3);

    /// <summary>Where it answers.</summary>
    internal Uri Address => _backend!.Address;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        _backend = await SimulatedBackend.StartAsync(DemoFleet.Generate(), TimeProvider.System, TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _backend?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The demo's configuration; each service at random on one of several backends, which are all this one.</summary>
    internal TarsSettings Settings(TemporaryDirectory folder, int backends, Random random)
    {
        string yaml = File.ReadAllText(RepositoryRoot.PathOf("samples/demo.yaml"));
        string own = string.Join(", ", Enumerable.Range(0, backends).Select(i => $"b{i}: {{ prometheus_url: \"{Address}\" }}"));
        string[] lines = [.. yaml.Replace("  prometheus_url: http://localhost:9090", $"  backends: {{ {own} }}\n  backend: b0", StringComparison.Ordinal).Split('\n')];
        string text = string.Join('\n', lines.SelectMany(line => line.StartsWith("  - name: ", StringComparison.Ordinal) ? [line, $"    backend: b{random.Next(backends)}"] : (string[])[line]));
        folder.WriteText("tars.yaml", text);
        return TarsSettings.Load(new SettingsSearch { WorkingFolder = folder.Path, ConfigPath = folder.Combine("tars.yaml") });
    }

    /// <summary>Everything at once.</summary>
    internal static async Task<Read> WholeAsync(TarsSettings settings)
    {
        using SeriesReading reading = await SeriesReading.OpenAsync(settings, new ReadingRequest(null, [], null), TimeProvider.System, TestContext.Current.CancellationToken);
        return await ReadAsync(reading);
    }

    /// <summary>In parts, each read by itself and in any order, and put together.</summary>
    internal static async Task<Read> MergedAsync(TarsSettings settings, string folder, int count, Random random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        foreach (int index in order)
        {
            ReadingRequest request = new(null, [], null) { Shard = new Shard(index, count) };
            using SeriesReading part = await SeriesReading.OpenAsync(settings, request, TimeProvider.System, TestContext.Current.CancellationToken);
            ShardedReport report = new("retro", "test", History, new Dictionary<string, IReadOnlyList<string>>(), settings);
            await ShardFolder.WriteAsync(part, part.Plan(Window, History), Window, report, folder, null, TestContext.Current.CancellationToken);
        }

        ShardSet shards = await ShardSet.OpenAsync(settings, [folder], "retro", TestContext.Current.CancellationToken);
        using SeriesReading reading = SeriesReading.Of(settings, shards, TimeProvider.System);
        return await ReadAsync(reading);
    }

    private static async Task<Read> ReadAsync(SeriesReading reading) =>
        new(await reading.CollectAsync(reading.Plan(Window, History), null, TestContext.Current.CancellationToken), reading.Analysis);

    private static DateTimeOffset At(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What an analysis gets.</summary>
    internal sealed record Read(Observability.Indicators.SeriesSet Set, AnalysisSettings Analysis);
}

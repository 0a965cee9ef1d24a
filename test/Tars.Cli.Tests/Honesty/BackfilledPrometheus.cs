using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>One real Prometheus that holds <see cref="FlawedServices"/> and <see cref="SteadyWeek"/>.</summary>
public sealed class BackfilledPrometheus() : ServerFixture<PrometheusServer>(PrometheusServer.Program)
{
    /// <summary>The flags that name it.</summary>
    public string[] Flags => ["--prometheus-url", Require().Address.AbsoluteUri];

    /// <inheritdoc/>
    protected override async Task<PrometheusServer> StartAsync()
    {
        using TemporaryDirectory folder = new();
        string flawed = folder.WriteText("flawed.txt", FlawedServices.Samples());
        string week = folder.WriteText("week.txt", SteadyWeek.Samples());
        return await PrometheusServer.StartAsync(new PrometheusOptions { OpenMetricsFiles = [flawed, week] });
    }
}

/// <summary>The test classes that share it.</summary>
[CollectionDefinition(Name)]
public sealed class RealBackend : ICollectionFixture<BackfilledPrometheus>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "a real Prometheus with backfilled samples";
}

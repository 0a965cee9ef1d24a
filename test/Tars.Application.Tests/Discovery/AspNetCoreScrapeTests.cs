using Xunit;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tars.Application.Discovery;
using Tars.TestKit;

namespace Tars.Application.Tests.Discovery;

public class AspNetCoreScrapeTests
{
    private const string Scrape = "test/golden/scrapes/aspnetcore.prom";

    [Fact]
    public async Task Of_RunningKestrelProgram_RecognisesItsMeters()
    {
        string text = await ScrapeAsync(TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable(Golden.UpdateVariable) == "1")
        {
            await File.WriteAllTextAsync(RepositoryRoot.PathOf(Scrape), text, TestContext.Current.CancellationToken);
        }

        Exposition live = Exposition.Parse(text, "aspnetcore");
        Assert.Equal(GoldenScrape.Load("aspnetcore").Truth.Order(StringComparer.Ordinal), GoldenScrape.Recognised(Recognition.Of(live.ToInventory())).Order(StringComparer.Ordinal));
        Assert.Equal(NamesIn(GoldenScrape.Load("aspnetcore").Exposition), NamesIn(live));
    }

    // The golden scrape is still what this runtime writes: names and label names, for values differ from run to run.
    private static string[] NamesIn(Exposition exposition) =>
    [
        .. exposition.Series.Where(series => series.Metric.StartsWith("http_server_", StringComparison.Ordinal) || series.Metric.StartsWith("dotnet_process_", StringComparison.Ordinal))
            .Select(series => $"{series.Metric}{{{string.Join(',', series.Labels.Select(label => label.Key))}}}")
            .Distinct().Order(StringComparer.Ordinal),
    ];

    private static async Task<string> ScrapeAsync(CancellationToken cancellationToken)
    {
        using MeterExposition meters = new("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "System.Runtime");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication application = builder.Build();
        application.MapGet("/orders/{id}", (int id) => id < 10 ? Results.Ok(id) : Results.NotFound());
        application.MapGet("/fail", () => Results.StatusCode(StatusCodes.Status500InternalServerError));
        await application.StartAsync(cancellationToken);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        foreach (string path in new[] { "orders/1", "orders/2", "orders/99", "fail", "nothing" })
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        }

        await application.StopAsync(cancellationToken); // a request is measured when it has ended
        return meters.Scrape();
    }
}

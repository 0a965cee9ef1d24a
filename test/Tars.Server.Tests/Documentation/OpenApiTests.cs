using System.Text.Json.Nodes;
using Tars.Server.Routes;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Documentation;

public sealed class OpenApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_IsTheReviewedSnapshot()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Golden.Match("api/openapi.json", await server.Client.GetStringAsync(new Uri("/openapi.json", UriKind.Relative), Cancellation));
    }

    [Fact]
    public async Task Document_HasEveryRouteWithItsPolicyAndNoAlias()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode document = await server.JsonAsync("/openapi.json");
        Assert.StartsWith("3.1", (string?)document["openapi"], StringComparison.Ordinal);
        Assert.Equal(
            ApiRoutes.All.Select(route => $"{route.Method} {PathOf(route)} {route.OperationId}").Order(),
            document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key} {operation.Value!["operationId"]}")).Order());
        foreach (ApiRoute route in ApiRoutes.All)
        {
            JsonNode operation = document["paths"]![PathOf(route)]![route.Method.ToLowerInvariant()]!;
            JsonObject responses = operation["responses"]!.AsObject();
            Assert.Equal(route.Least is not null, operation["security"] is not null);
            Assert.True(route.Least is null || responses.ContainsKey("403"), route.Template);
            Assert.True(route.Limit == LimitClass.None || responses.ContainsKey("401"), route.Template); // what shows a credential that does not hold is refused everywhere
            Assert.Equal(operation["requestBody"] is not null, responses.ContainsKey("415"));
            Assert.Equal(route.Limit != LimitClass.None, responses.ContainsKey("429"));
            Assert.All(responses.Where(response => response.Key[0] is '4' or '5'), response => Assert.NotNull(response.Value!["content"]!["application/problem+json"]!["example"]));
            string[] inPath = [.. route.Template.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}').Split(':')[0])];
            Assert.Equal(inPath, (operation["parameters"]?.AsArray() ?? []).Where(parameter => (string?)parameter!["in"] == "path").Select(parameter => (string?)parameter!["name"]));
        }
    }

    [Fact]
    public async Task Pages_LoadNothingFromElsewhere()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string path in (string[])["/docs", "/redoc"])
        {
            using HttpResponseMessage response = await server.GetAsync(path);
            string page = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
            Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        Assert.Contains("SwaggerUIBundle", await server.Client.GetStringAsync(new Uri("/docs/swagger-ui-bundle.js", UriKind.Relative), Cancellation), StringComparison.Ordinal);
        Assert.Contains(".swagger-ui", await server.Client.GetStringAsync(new Uri("/docs/swagger-ui.css", UriKind.Relative), Cancellation), StringComparison.Ordinal);
        using HttpResponseMessage other = await server.GetAsync("/docs/index.html");
        await RunningServer.ProblemAsync(other, 404, "NOT_FOUND");
    }

    // What routing asks of a value is no part of a path in the document.
    private static string PathOf(ApiRoute route) => System.Text.RegularExpressions.Regex.Replace(route.Template, ":[a-z]+}", "}");
}

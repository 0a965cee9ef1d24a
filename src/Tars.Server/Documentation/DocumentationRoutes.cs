using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Swashbuckle.AspNetCore.SwaggerUI;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Server.Transport;

namespace Tars.Server.Documentation;

/// <summary>The documentation: the OpenAPI document, a page to try it and a page to read it. Every byte is in the program: nothing is fetched from anywhere.</summary>
internal sealed class DocumentationRoutes(OpenApiText openApi)
{
    // Scripts and styles of this server alone; Swagger UI sets styles of elements and shows images that are in its own files.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string Page = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>T.A.R.S. API</title><link rel="stylesheet" href="docs/swagger-ui.css"></head>
        <body><div id="swagger-ui"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body>
        </html>

        """;

    private const string Start = "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, persistAuthorization: false });\n";

    private static readonly FrozenDictionary<string, string> Files = new Dictionary<string, string>
    {
        ["swagger-ui.css"] = "text/css; charset=utf-8",
        ["swagger-ui-bundle.js"] = "text/javascript; charset=utf-8",
        ["start.js"] = "text/javascript; charset=utf-8",
    }.ToFrozenDictionary();

    private static readonly ConcurrentDictionary<string, byte[]> Opened = new(StringComparer.Ordinal);
    private static readonly ApiParameter File = new("file", new ParameterForm.Choice([.. Files.Keys.Order(StringComparer.Ordinal)]), "The file") { Place = ParameterPlace.Path, Example = "swagger-ui.css" };
    private static readonly ApiParameters Nothing = new();
    private static readonly ApiParameters OfFile = new(File);

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetOpenApi, (RequestDelegate)(async context => await SendAsync(context, Nothing, await openApi.JsonAsync().ConfigureAwait(false), Representations.Json).ConfigureAwait(false)))
            .WithMetadata(Nothing, new HasTag()).Produces(StatusCodes.Status200OK, null, Representations.Json);
        endpoints.Map(ApiRoutes.GetSwagger, (RequestDelegate)(context => SendAsync(context, Nothing, Encoding.UTF8.GetBytes(Page), Html))).WithMetadata(Nothing, new HasTag()).Produces(StatusCodes.Status200OK, null, "text/html");
        endpoints.Map(ApiRoutes.GetSwaggerFile, (RequestDelegate)FileAsync).WithMetadata(OfFile, new HasTag(), new ProblemStatuses([StatusCodes.Status404NotFound]))
            .Produces(StatusCodes.Status200OK, null, "text/css", "text/javascript");
        endpoints.Map(ApiRoutes.GetReference, (RequestDelegate)(async context => await SendAsync(
            context, Nothing, ReferencePage.Of(await openApi.JsonAsync().ConfigureAwait(false)), Html).ConfigureAwait(false))).WithMetadata(Nothing, new HasTag()).Produces(StatusCodes.Status200OK, null, "text/html");
    }

    private const string Html = "text/html; charset=utf-8";

    private static Task FileAsync(HttpContext context)
    {
        string name = context.GetRouteValue(File.Name)?.ToString() ?? string.Empty;
        if (!Files.TryGetValue(name, out string? type))
        {
            throw new ProblemException(ErrorCode.NotFound, "The page has no such file.");
        }

        return SendAsync(context, OfFile, name == "start.js" ? Encoding.UTF8.GetBytes(Start) : Resource(name), type);
    }

    // The package has the files of swagger-ui-dist in its assembly, compressed.
    private static byte[] Resource(string name) => Opened.GetOrAdd(name, static name =>
    {
        Assembly assembly = typeof(SwaggerUIOptions).Assembly;
        using Stream content = assembly.GetManifestResourceStream($"Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.{name}")
            ?? throw new ProblemException(ErrorCode.NotFound, "The page has no such file.");
        using GZipStream open = new(content, CompressionMode.Decompress);
        using MemoryStream copy = new();
        open.CopyTo(copy);
        return copy.ToArray();
    });

    private static async Task SendAsync(HttpContext context, ApiParameters parameters, byte[] content, string type)
    {
        RequestValues.Read(context, parameters);
        HttpResponse response = context.Response;
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        SecurityHeaders.SetPage(response.Headers);
        response.Headers.ContentSecurityPolicy = Policy;
        if (context.Request.Headers.IfNoneMatch.ToString() == tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = type;
        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
        }
    }
}

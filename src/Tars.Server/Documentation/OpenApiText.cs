using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Tars.Server.Access.Logins;
using Tars.Server.Administration;
using Tars.Server.Documents;

namespace Tars.Server.Documentation;

/// <summary>The OpenAPI document (3.1), made when somebody first asks for it and kept: it depends on the program alone.</summary>
internal sealed class OpenApiText(IServiceProvider services)
{
    private const string Name = "v1";
    private readonly Lazy<Task<byte[]>> _json = new(() => Task.Run(() => MakeAsync(services)));

    /// <summary>The document as UTF-8 JSON.</summary>
    public Task<byte[]> JsonAsync() => _json.Value;

    /// <summary>Adds what makes the document.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = description => description.HttpMethod != Microsoft.AspNetCore.Http.HttpMethods.Head;
            options.AddOperationTransformer(OperationDocumenting.ApplyAsync);
            options.AddDocumentTransformer(Describe);
        });
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            options.SerializerOptions.TypeInfoResolverChain.Insert(1, LoginJson.Default);
            options.SerializerOptions.TypeInfoResolverChain.Insert(2, AdministrationJson.Default);
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddSingleton<OpenApiText>();
    }

    private static async Task<byte[]> MakeAsync(IServiceProvider services)
    {
        OpenApiDocument document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(CancellationToken.None).ConfigureAwait(false);
        using StringWriter text = new() { NewLine = "\n" };
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n") + "\n");
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "T.A.R.S.",
            Version = "1.0",
            Description = """
                What the runs of T.A.R.S. measured, found and kept. A figure is a number only where one was measured; the object `measurement` says of each, under its name, whether it was
                measured and with which coverage, or why not. An empty store answers empty lists and null with a reason, never zero.

                Whatever answers GET answers HEAD. Documents have an ETag; with `If-None-Match` what is unchanged answers 304. Answers are at most half a second older than the store.
                Lists also come as `application/x-ndjson` and `text/csv`, by the header `Accept`; the next page is at `next_cursor`, or at the header `Link`.
                Every error is a problem document (RFC 9457) with an `error_code` and the `request_id`.
                """.ReplaceLineEndings("\n"),
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [OperationDocumenting.Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "An access token: POST /auth/login gives one." },
            [OperationDocumenting.ApiKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-API-Key", Description = "An API key: 'tars api-keys create' makes one." },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[OperationDocumenting.Problem] = ProblemSchema();
        return Task.CompletedTask;
    }

    private static OpenApiSchema ProblemSchema()
    {
        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What went wrong (RFC 9457).",
            Required = new SortedSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail", "instance", "error_code", "request_id" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("Names the kind of problem, and never changes."),
                ["title"] = Text("The same for everybody and every time."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The HTTP status." },
                ["detail"] = Text("What exactly, and the way out."),
                ["instance"] = Text("The path that was asked for."),
                ["error_code"] = Text("The kind of problem as a word in capitals."),
                ["request_id"] = Text("The request's id, as in the header X-Request-Id and in the server's log."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "For values that are not valid: what is wrong, by the name of the parameter or field.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
            },
        };
    }
}

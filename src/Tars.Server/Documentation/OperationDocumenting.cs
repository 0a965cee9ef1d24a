using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tars.Server.Access;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Documentation;

/// <summary>Tells the OpenAPI document what a route's data say: parameters, credentials, headers, and every status that it can answer.</summary>
internal static class OperationDocumenting
{
    /// <summary>The name of the schema of problem documents.</summary>
    public const string Problem = "Problem";

    /// <summary>The name of the scheme of access tokens.</summary>
    public const string Bearer = "bearer";

    /// <summary>The name of the scheme of API keys.</summary>
    public const string ApiKey = "api_key";

    private const string Printable = @"^[^\u0000-\u001f]*$";

    private static readonly ErrorCode[] Codes =
    [
        ErrorCode.BadRequest, ErrorCode.Unauthorized, ErrorCode.Forbidden, ErrorCode.NotFound, ErrorCode.MethodNotAllowed, ErrorCode.NotAcceptable, ErrorCode.Conflict, ErrorCode.PreconditionFailed,
        ErrorCode.TooLarge, ErrorCode.UnsupportedMediaType, ErrorCode.Validation, ErrorCode.RateLimited, ErrorCode.Internal, ErrorCode.Unavailable,
    ];

    /// <summary>Applies to one operation.</summary>
    public static Task ApplyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<ApiRoute>().FirstOrDefault() is not { } route)
        {
            return Task.CompletedTask;
        }

        ApiParameters parameters = metadata.OfType<ApiParameters>().LastOrDefault() ?? new ApiParameters();
        operation.Tags = new HashSet<OpenApiTagReference> { new(TagOf(route), context.Document) };
        operation.Description = DescriptionOf(route);
        if (parameters.Items.Count > 0)
        {
            operation.Parameters = [.. parameters.Items.Select(ParameterOf)];
        }

        if (metadata.OfType<ApiBody>().LastOrDefault() is { } body)
        {
            operation.RequestBody = BodyDocumenting.RequestOf(body);
        }

        if (route.Least is not null)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKey, context.Document)] = [] },
            ];
        }

        operation.Responses ??= [];
        BodyDocumenting.AddMediaTypes(operation, metadata);
        if (metadata.OfType<HasTag>().Any())
        {
            operation.Responses["304"] = new OpenApiResponse { Description = "Unchanged: If-None-Match names the ETag of what there is" };
        }

        foreach (IOpenApiResponse response in operation.Responses.Values)
        {
            (response as OpenApiResponse)!.Headers = HeadersOf(operation, response);
        }

        foreach (int status in StatusesOf(route, metadata))
        {
            AddProblem(operation, Codes.First(code => code.Status == status), context.Document!);
        }

        return Task.CompletedTask;
    }

    /// <summary>The statuses of errors that a route can answer, in order.</summary>
    public static IEnumerable<int> StatusesOf(ApiRoute route, IList<object> metadata)
    {
        SortedSet<int> statuses =
        [
            StatusCodes.Status400BadRequest, StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable, .. metadata.OfType<ProblemStatuses>().SelectMany(own => own.Statuses),
        ];
        if (route.Least is not null)
        {
            statuses.Add(StatusCodes.Status403Forbidden);
        }

        if (metadata.OfType<ApiBody>().Any())
        {
            statuses.UnionWith([StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType]);
        }

        // What tells of the process alone looks at nothing of a request. Everything else refuses a credential that does not hold, parameters that it has not, and forms that it has not.
        if (route.Limit != LimitClass.None)
        {
            statuses.UnionWith([StatusCodes.Status401Unauthorized, StatusCodes.Status406NotAcceptable, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests]);
        }

        return statuses;
    }

    private static void AddProblem(OpenApiOperation operation, ErrorCode code, OpenApiDocument document)
    {
        string key = code.Status.ToString(CultureInfo.InvariantCulture);
        OpenApiMediaType problem = new()
        {
            Schema = new OpenApiSchemaReference(Problem, document),
            Example = new JsonObject
            {
                ["type"] = $"urn:tars:problem:{code.Code.ToLowerInvariant()}",
                ["title"] = code.Title,
                ["status"] = code.Status,
                ["detail"] = code == ErrorCode.Validation ? "A parameter is not valid: limit." : code.Title + ".",
                ["instance"] = "/api/daily",
                ["error_code"] = code.Code,
                ["request_id"] = "5f0c1d2e3a4b-0000002a",
                ["errors"] = code == ErrorCode.Validation ? new JsonObject { ["limit"] = new JsonArray("is no whole number from 1 to 366") } : null,
            },
        };
        if (problem.Example["errors"] is null)
        {
            problem.Example.AsObject().Remove("errors");
        }

        if (operation.Responses!.TryGetValue(key, out IOpenApiResponse? there) && there is OpenApiResponse { Content: { } content })
        {
            content.TryAdd(ProblemAnswer.MediaType, problem); // a document of its own answers that status too
            return;
        }

        operation.Responses[key] = new OpenApiResponse
        {
            Description = code.Title,
            Content = new Dictionary<string, OpenApiMediaType> { [ProblemAnswer.MediaType] = problem },
            Headers = code.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable
                ? new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Seconds to wait before asking again", JsonSchemaType.Integer), [Hosting.RequestIds.Header] = RequestId }
                : new Dictionary<string, IOpenApiHeader> { [Hosting.RequestIds.Header] = RequestId },
        };
    }

    private static OpenApiHeader RequestId => Header("The request's id", JsonSchemaType.String);

    private static Dictionary<string, IOpenApiHeader> HeadersOf(OpenApiOperation operation, IOpenApiResponse response)
    {
        Dictionary<string, IOpenApiHeader> headers = new() { [Hosting.RequestIds.Header] = RequestId };
        if (response.Content?.Count > 0 && operation.Parameters?.Any(parameter => parameter.Name == Cursor.Parameter.Name) == true)
        {
            headers["Link"] = Header("The address of the next page, with rel=\"next\"; absent at the last", JsonSchemaType.String);
        }

        return headers;
    }

    private static OpenApiHeader Header(string description, JsonSchemaType type) => new() { Description = description, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiParameter ParameterOf(ApiParameter parameter) => new()
    {
        Name = parameter.Name,
        In = parameter.Place switch
        {
            ParameterPlace.Path => ParameterLocation.Path,
            ParameterPlace.Header => ParameterLocation.Header,
            _ => ParameterLocation.Query,
        },
        Required = parameter.Place == ParameterPlace.Path,
        Description = parameter.Description,
        Schema = SchemaOf(parameter.Form),
        Example = parameter.Example is not { } example ? null : parameter.Form is ParameterForm.Integer ? JsonValue.Create(long.Parse(example, CultureInfo.InvariantCulture))
            : parameter.Form is ParameterForm.Flag ? JsonValue.Create(example == "true")
            : parameter.Form is ParameterForm.Choice { Several: true } or ParameterForm.Text { Several: true } ? new JsonArray([.. example.Split(',').Select(word => (JsonNode)word)])
            : JsonValue.Create(example),
        Style = parameter.Form is ParameterForm.Choice { Several: true } or ParameterForm.Text { Several: true } ? ParameterStyle.Form : null,
        Explode = false,
    };

    /// <summary>The schema of a form.</summary>
    public static OpenApiSchema SchemaOf(ParameterForm form) => form switch
    {
        ParameterForm.Integer integer => new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = integer.Least.ToString(CultureInfo.InvariantCulture),
            Maximum = integer.Most == long.MaxValue ? null : integer.Most.ToString(CultureInfo.InvariantCulture),
        },
        ParameterForm.Date => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" },
        ParameterForm.Id => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
        ParameterForm.Flag => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        ParameterForm.Choice { Several: false } choice => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. choice.Words.Select(word => (JsonNode)word)] },
        ParameterForm.Choice choice => new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. choice.Words.Select(word => (JsonNode)word)] },
        },
        ParameterForm.Text { Several: true } => new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, Items = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, Pattern = Printable } },
        ParameterForm.Text text => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = text.Longest, Pattern = Printable },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string TagOf(ApiRoute route)
    {
        string[] parts = route.Template.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts[0] == "api" && parts.Length > 1 ? parts[1] : parts[0];
    }

    private static string DescriptionOf(ApiRoute route)
    {
        string who = route.Least switch
        {
            null => "Anybody may call it.",
            Role.ReadOnly => "Role: readonly or higher.",
            Role.Sre => "Role: sre or higher.",
            _ => "Role: admin.",
        };
        string audited = route.Audit switch
        {
            RequestAudit.Always => " Each call is an event of the audit log.",
            RequestAudit.Read => " Audited as api.audit_reads says.",
            _ => string.Empty,
        };
        return who + audited + (route.Aliases.Count == 0 ? string.Empty : $" Older paths that answer as this one: {string.Join(", ", route.Aliases)}.");
    }
}

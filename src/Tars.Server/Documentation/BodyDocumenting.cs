using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Tars.Server.Documents;

namespace Tars.Server.Documentation;

/// <summary>Tells the OpenAPI document which bodies a route reads, and the media types of what it answers when that is no document of a schema.</summary>
internal static class BodyDocumenting
{
    /// <summary>The body that a route reads.</summary>
    public static OpenApiRequestBody RequestOf(ApiBody body) => new()
    {
        Required = body.IsRequired,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ApiBody.MediaType] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new SortedSet<string>(body.Fields.Where(field => field.IsRequired).Select(field => field.Name), StringComparer.Ordinal),
                    Properties = body.Fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => SchemaOf(field)),
                    AdditionalPropertiesAllowed = false,
                },
                Example = new JsonObject(body.Fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)ExampleOf(field)))),
            },
        },
    };

    /// <summary>Adds the media types of answers without a schema, such as files.</summary>
    public static void AddMediaTypes(OpenApiOperation operation, IEnumerable<object> metadata)
    {
        foreach (IProducesResponseTypeMetadata produced in metadata.OfType<IProducesResponseTypeMetadata>().Where(produced => produced.Type is null || produced.Type == typeof(void)))
        {
            if (operation.Responses!.TryGetValue(produced.StatusCode.ToString(CultureInfo.InvariantCulture), out IOpenApiResponse? there) && there is OpenApiResponse response)
            {
                foreach (string type in produced.ContentTypes)
                {
                    response.Content ??= new Dictionary<string, OpenApiMediaType>();
                    response.Content.TryAdd(type, new OpenApiMediaType());
                }
            }
        }
    }

    private static OpenApiSchema SchemaOf(ApiField field)
    {
        OpenApiSchema schema = OperationDocumenting.SchemaOf(field.Form);
        schema.Description = field.Description;
        if (field.Form is ParameterForm.Text)
        {
            schema.MinLength = field.Shortest;
            schema.Pattern = field.Pattern ?? (field.IsSecret ? null : schema.Pattern);
            schema.Format = field.IsSecret ? "password" : null;
        }

        if (!field.IsRequired)
        {
            schema.Type |= JsonSchemaType.Null;
            schema.Enum?.Add(JsonNullSentinel.JsonNull);
        }

        return schema;
    }

    private static JsonValue? ExampleOf(ApiField field) => field.Form is ParameterForm.Integer ? JsonValue.Create(long.Parse(field.Example, CultureInfo.InvariantCulture)) : JsonValue.Create(field.Example);
}

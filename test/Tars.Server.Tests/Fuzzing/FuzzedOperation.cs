using System.Text.Json.Nodes;
using Tars.Server.Access;
using Tars.Server.Routes;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>An operation as the served document describes it; the role alone is of the table of routes.</summary>
/// <param name="Method">The method, in capitals.</param>
/// <param name="Path">The path's template.</param>
/// <param name="Id">Its name.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Body">The schema of its body; null for none.</param>
/// <param name="NeedsBody">Whether the body must be there.</param>
/// <param name="Responses">Its answers by status.</param>
/// <param name="IsSecured">Whether it names security.</param>
/// <param name="Least">The least role.</param>
internal sealed record FuzzedOperation(
    string Method, string Path, string Id, IReadOnlyList<FuzzedParameter> Parameters, JsonNode? Body, bool NeedsBody, JsonObject Responses, bool IsSecured, Role? Least)
{
    /// <summary>Whether its body holds a password, which costs time on purpose.</summary>
    public bool IsCostly => Body?["properties"]?["password"] is not null;

    /// <summary>Whether the document names a status.</summary>
    public bool Names(int status) => Responses.ContainsKey(status.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>All operations of a document, but two: an order of a retrospective begins an analysis, and what is verified is no JSON.</summary>
    public static IReadOnlyList<FuzzedOperation> Of(JsonNode document) =>
    [
        .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(operation => (string?)operation.Value!["operationId"] is not ("orderRetrospective" or "verify")).Select(operation =>
        {
            JsonNode body = operation.Value!;
            string id = (string)body["operationId"]!;
            return new FuzzedOperation(
                operation.Key.ToUpperInvariant(), path.Key, id,
                [.. (body["parameters"]?.AsArray() ?? []).Select(one => new FuzzedParameter((string)one!["name"]!, (string)one["in"]!, one["schema"]!))],
                body["requestBody"]?["content"]?["application/json"]?["schema"],
                (bool?)body["requestBody"]?["required"] ?? false,
                body["responses"]!.AsObject(), body["security"] is not null,
                ApiRoutes.All.Single(route => route.OperationId == id).Least);
        })),
    ];
}

/// <summary>A parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">path or query.</param>
/// <param name="Schema">Its schema.</param>
internal sealed record FuzzedParameter(string Name, string Place, JsonNode Schema);

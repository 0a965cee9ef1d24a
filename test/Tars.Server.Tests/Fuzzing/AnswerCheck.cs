using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Server.Access;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>Whether an answer is one that the document allows to a request.</summary>
internal sealed class AnswerCheck(JsonObject document, IReadOnlyList<FuzzedOperation> operations)
{
    // What fits the document and is refused nevertheless: a password that is not good enough, a login that is none, a role beyond the user's.
    private static readonly Dictionary<string, int[]> Meanings = new(StringComparer.Ordinal)
    {
        ["logIn"] = [401, 403],
        ["makeFactor"] = [401],
        ["refresh"] = [401],
        ["logOut"] = [401],
        ["createUser"] = [422],
        ["createApiKey"] = [422],
        ["resetPassword"] = [422],
    };

    private readonly SchemaCheck _check = new(document);

    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    public string? Refuse(FuzzedRequest request, FuzzedAnswer answer)
    {
        int status = (int)answer.Status;
        if (request.IsBeyondHttp && status is 400 or 414 or 431 && answer.Body.Length == 0)
        {
            return null; // refused by the web server before there was a request
        }

        FuzzedOperation? operation = OperationOf(request);
        string? wrong = status >= 500 ? "a fault of the server" : RefuseStatus(request, operation, status);
        return (wrong ?? RefuseHeaders(operation, answer) ?? (status >= 400 ? RefuseProblem(request, answer) : RefuseContent(request, operation, answer))) is { } what ? $"{status}: {what}" : null;
    }

    // A value in the path may make it the path of another operation.
    private FuzzedOperation? OperationOf(FuzzedRequest request)
    {
        string method = request.Method == "HEAD" ? "GET" : request.Method;
        string path = request.Target.Split('?')[0];
        return operations.FirstOrDefault(one => one.Method == method && one.Path == path)
            ?? (request.IsMethodOfOperation ? request.Operation : operations.FirstOrDefault(one => one.Method == method && one.Path == request.Operation.Path));
    }

    private static string? RefuseStatus(FuzzedRequest request, FuzzedOperation? operation, int status)
    {
        if (operation is null)
        {
            // Who shows a credential that does not hold is told so on any path; an id that is none makes no path.
            return status == 405 || (status == 401 && request.Credential == Credential.Garbage) || (status == 404 && request.InPath.Any(part => part.Validity != Validity.Valid)) ? null : "the path does not know the method: 405 is expected";
        }

        if (status == 404 && request.InPath.Any(part => part.Validity != Validity.Valid))
        {
            return null; // no path
        }

        if (operation.IsSecured && request.Credential <= Credential.Garbage)
        {
            return status == 401 ? null : "nobody may call this without a credential: 401 is expected";
        }

        if (request.Credential == Credential.Garbage && operation.Names(401) && operation.Id != "getMetrics")
        {
            return status == 401 ? null : "the credential does not hold: 401 is expected";
        }

        if (operation.Least is { } least && RoleOf(request.Credential) < least)
        {
            return status == 403 ? null : "the role is not enough: 403 is expected";
        }

        if (!operation.Names(status))
        {
            return "the document does not name this status";
        }

        if (operation != request.Operation)
        {
            return null; // parameters were made for another one
        }

        if (request.Validity == Validity.Invalid)
        {
            return status is 400 or 406 or 413 or 415 or 422 ? null : "what does not fit the document is refused: 400, 413, 415 or 422 is expected";
        }

        bool mayMiss = operation.Parameters.Any(parameter => parameter.Place == "path") || operation.Id.StartsWith("download", StringComparison.Ordinal);
        return request.Validity == Validity.Unclear || status < 400 || (status == 404 && mayMiss) || status == 409 || (status == 406 && request.Headers.Any(header => header.Name == "Accept"))
            || (Meanings.TryGetValue(operation.Id, out int[]? meant) && meant.Contains(status)) ? null : "what fits the document is taken";
    }

    private static Role? RoleOf(Credential credential) => credential switch
    {
        Credential.ReadOnly => Role.ReadOnly,
        Credential.Sre => Role.Sre,
        _ => Role.Admin,
    };

    private static string? RefuseHeaders(FuzzedOperation? operation, FuzzedAnswer answer) =>
        answer.Headers.GetValueOrDefault("X-Request-Id") is not [{ Length: > 0 and <= 64 }] ? "there is not one X-Request-Id"
        : (int)answer.Status == 405 && answer.Headers.GetValueOrDefault("Allow") is not [{ Length: > 0 }, ..] ? "405 without Allow"
        : (int)answer.Status == 401 && operation?.IsSecured == true && !answer.Headers.ContainsKey("WWW-Authenticate") ? "401 without WWW-Authenticate"
        : null;

    private string? RefuseProblem(FuzzedRequest request, FuzzedAnswer answer)
    {
        if (answer.MediaType != "application/problem+json")
        {
            return $"the error is {answer.MediaType ?? "nothing"} and no problem document";
        }

        if (request.Method == "HEAD")
        {
            return answer.Body.Length == 0 ? null : "HEAD has a body";
        }

        JsonObject problem = JsonNode.Parse(answer.Body)!.AsObject();
        return _check.Refuse(document["components"]!["schemas"]!["Problem"], problem)
            ?? ((int)problem["status"]! != (int)answer.Status ? "the problem's status is another one" : null)
            ?? ((string)problem["type"]! != $"urn:tars:problem:{((string)problem["error_code"]!).ToLowerInvariant()}" ? "type and error_code differ" : null)
            ?? ((string)problem["request_id"]! != answer.Headers["X-Request-Id"].Single() ? "the request_id is another one" : null)
            ?? (((string)problem["detail"]!).Length == 0 ? "the problem says nothing" : null);
    }

    private string? RefuseContent(FuzzedRequest request, FuzzedOperation? operation, FuzzedAnswer answer)
    {
        if (request.Method == "HEAD" || (int)answer.Status is 204 or 304)
        {
            return answer.Body.Length == 0 ? null : "there is a body where none may be";
        }

        JsonObject content = operation!.Responses[((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture)]!["content"]?.AsObject() ?? [];
        if (answer.MediaType is null || content[answer.MediaType] is not { } described)
        {
            return $"the document does not name the media type {answer.MediaType}";
        }

        if (described["schema"] is not { } schema || answer.MediaType != "application/json")
        {
            return null;
        }

        try
        {
            return _check.Refuse(schema, JsonNode.Parse(answer.Body)) is { } refusal ? $"the answer does not fit its schema: {refusal}" : null;
        }
        catch (JsonException)
        {
            return "the answer is no JSON";
        }
    }
}

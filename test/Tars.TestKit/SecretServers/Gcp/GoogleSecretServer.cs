using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tars.TestKit.SecretServers.Gcp;

/// <summary>State of a secret version.</summary>
public enum SecretVersionState
{
    /// <summary>It can be read.</summary>
    Enabled,

    /// <summary>It cannot be read until it is enabled again.</summary>
    Disabled,

    /// <summary>Its data is gone for good.</summary>
    Destroyed,
}

/// <summary>Google Secret Manager's REST API, version 1: the method <c>projects.secrets.versions.access</c>, global and regional.</summary>
public sealed partial class GoogleSecretServer : ProtocolServer
{
    private readonly GoogleProject _project;
    private readonly Dictionary<string, Stored> _secrets = [];

    private GoogleSecretServer(GoogleProject project, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = project.Time }) => _project = project;

    /// <summary>Answers the next payloads with a checksum that is off by one.</summary>
    public bool WrongChecksum { get; set; }

    /// <summary>Leaves the checksum out, as versions do whose payload was added without one.</summary>
    public bool NoChecksum { get; set; }

    /// <summary>The region whose secrets are served; null is the global service.</summary>
    public string? Location { get; set; }

    /// <summary>Starts the service for a project; the project's clock is the server's.</summary>
    public static async Task<GoogleSecretServer> StartAsync(GoogleProject project, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        GoogleSecretServer server = new(project, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <summary>Adds a version, and the secret when it is new. Returns the version's number.</summary>
    public int Put(string name, ReadOnlySpan<byte> payload)
    {
        lock (Gate)
        {
            if (!_secrets.TryGetValue(name, out Stored? secret))
            {
                _secrets.Add(name, secret = new Stored());
            }

            secret.Versions.Add((payload.ToArray(), SecretVersionState.Enabled));
            return secret.Versions.Count;
        }
    }

    /// <summary>Adds a version of UTF-8 text.</summary>
    public int Put(string name, string payload) => Put(name, System.Text.Encoding.UTF8.GetBytes(payload));

    /// <summary>Creates a secret without versions.</summary>
    public void Create(string name)
    {
        lock (Gate)
        {
            _secrets.Add(name, new Stored());
        }
    }

    /// <summary>Sets the state of a version.</summary>
    public void SetState(string name, int version, SecretVersionState state)
    {
        lock (Gate)
        {
            _secrets[name].Versions[version - 1] = (_secrets[name].Versions[version - 1].Payload, state);
        }
    }

    /// <summary>Lets an alias mean a version.</summary>
    public void SetAlias(string name, string alias, int version)
    {
        lock (Gate)
        {
            _secrets[name].Aliases[alias] = version;
        }
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Access requests' and limit 'Access requests per minute'");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => status switch
    {
        503 => Error(503, "UNAVAILABLE", "The service is currently unavailable."),
        504 => Error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        _ => Error(status, "INTERNAL", "Internal error encountered."),
    };

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        Match match = Resource().Match(request.Path);
        if (!match.Success || request.Method != "GET" || (match.Groups["location"].Success ? match.Groups["location"].Value : null) != Location)
        {
            return Answer.Text(404, "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>", "text/html; charset=UTF-8");
        }

        if (request.Query("key") is not null || request.Header("X-Goog-Api-Key") is not null)
        {
            return Unauthenticated("API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal.", "CREDENTIALS_MISSING");
        }

        if (request.Header("Authorization") is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return Unauthenticated("Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "CREDENTIALS_MISSING");
        }

        if (_project.Holder(authorization["Bearer ".Length..]) is not { } holder)
        {
            return Unauthenticated("Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "ACCESS_TOKEN_EXPIRED");
        }

        if (!holder.Scope.Split(' ').Contains(GoogleProject.CloudPlatform))
        {
            return Error(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.");
        }

        string resource = request.Path["/v1/".Length..^":access".Length];
        return _project.IsDenied(holder.Email) || (match.Groups["project"].Value != _project.Id && match.Groups["project"].Value != _project.Number)
            ? Error(403, "PERMISSION_DENIED", $"Permission 'secretmanager.versions.access' denied for resource '{resource}' (or it may not exist).")
            : Access(match.Groups["secret"].Value, match.Groups["version"].Value);
    }

    private static Answer Unauthenticated(string message, string reason) =>
        Error(401, "UNAUTHENTICATED", message, reason).With("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\"");

    private static Answer Error(int status, string code, string message, string? reason = null)
    {
        JsonObject error = new() { ["code"] = status, ["message"] = message, ["status"] = code };
        if (reason is not null)
        {
            error["details"] = new JsonArray(new JsonObject { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = reason, ["domain"] = "googleapis.com" });
        }

        return Answer.Json(status, new JsonObject { ["error"] = error }, "application/json; charset=UTF-8");
    }

    private Answer Access(string name, string asked)
    {
        string full = $"projects/{_project.Number}/{(Location is null ? "" : $"locations/{Location}/")}secrets/{name}";
        if (!_secrets.TryGetValue(name, out Stored? secret))
        {
            return Error(404, "NOT_FOUND", $"Secret [{full}] not found or has no versions.");
        }

        int number = asked == "latest" ? secret.Versions.Count
            : int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given
            : secret.Aliases.GetValueOrDefault(asked);
        if (number < 1 || number > secret.Versions.Count)
        {
            return Error(404, "NOT_FOUND", secret.Versions.Count == 0 ? $"Secret [{full}] not found or has no versions." : $"Secret Version [{full}/versions/{asked}] not found.");
        }

        (byte[] payload, SecretVersionState state) = secret.Versions[number - 1];
        if (state != SecretVersionState.Enabled)
        {
            return Error(400, "FAILED_PRECONDITION", $"Secret Version [{full}/versions/{number}] is in {(state == SecretVersionState.Disabled ? "DISABLED" : "DESTROYED")} state.");
        }

        JsonObject body = new() { ["data"] = Convert.ToBase64String(payload) };
        if (!NoChecksum)
        {
            // An int64 is text in Google's JSON.
            body["dataCrc32c"] = (Crc32C.Of(payload) + (WrongChecksum ? 1L : 0L)).ToString(CultureInfo.InvariantCulture);
        }

        return Answer.Json(200, new JsonObject { ["name"] = $"{full}/versions/{number}", ["payload"] = body }, "application/json; charset=UTF-8");
    }

    [GeneratedRegex(@"^/v1/projects/(?<project>[^/]+)(/locations/(?<location>[^/]+))?/secrets/(?<secret>[A-Za-z0-9_-]{1,255})/versions/(?<version>[^/:]+):access$", RegexOptions.ExplicitCapture)]
    private static partial Regex Resource();

    private sealed class Stored
    {
        internal List<(byte[] Payload, SecretVersionState State)> Versions { get; } = [];

        internal Dictionary<string, int> Aliases { get; } = [];
    }
}

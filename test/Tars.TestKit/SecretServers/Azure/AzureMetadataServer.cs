using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Azure;

/// <summary>The instance metadata service of an Azure machine: tokens of its managed identities for whoever sends <c>Metadata: true</c>.</summary>
public sealed class AzureMetadataServer : ProtocolServer
{
    private readonly EntraTenant _tenant;
    private readonly HashSet<string> _userAssigned = [];

    private AzureMetadataServer(EntraTenant tenant, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = tenant.Time }) => _tenant = tenant;

    /// <summary>Client id of the system-assigned identity; null is a machine without one.</summary>
    public string? SystemAssigned { get; set; } = Guid.NewGuid().ToString();

    /// <summary>How long tokens last.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Starts the service of a machine in a tenant.</summary>
    public static async Task<AzureMetadataServer> StartAsync(EntraTenant tenant, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        AzureMetadataServer server = new(tenant, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <summary>Assigns an identity to the machine and returns its client id.</summary>
    public string AssignIdentity()
    {
        string clientId = Guid.NewGuid().ToString();
        lock (Gate)
        {
            _userAssigned.Add(clientId);
        }

        return clientId;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(429, "too_many_requests", "Too many requests");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Error(status, "unknown_error", "Failed to retrieve token from the Active directory.");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (request.Header("Metadata") != "true")
        {
            return Error(400, "bad_request_102", "Required metadata header not specified");
        }

        if (request.Header("X-Forwarded-For") is not null)
        {
            return Error(400, "invalid_request", "X-Forwarded-For is not allowed");
        }

        if (request.RawPath != "/metadata/identity/oauth2/token")
        {
            return Error(404, "not_found", "The requested resource was not found.");
        }

        if (request.Method != "GET")
        {
            return Error(405, "method_not_allowed", "The method is not allowed.");
        }

        if (request.Query("api-version") is not "2018-02-01")
        {
            return Error(400, "invalid_request", "The api-version is missing or not supported.");
        }

        if (request.Query("resource") is not { Length: > 0 } resource)
        {
            return Error(400, "invalid_resource", "The resource is missing or malformed.");
        }

        string? clientId = request.Query("client_id") is { } asked ? (_userAssigned.Contains(asked) || asked == SystemAssigned ? asked : null)
            : SystemAssigned ?? (_userAssigned.Count == 1 ? _userAssigned.Single() : null);
        return clientId is null
            ? Error(400, "invalid_request", _userAssigned.Count > 1 ? "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request" : "Identity not found")
            : Granted(clientId, resource.TrimEnd('/'), resource);
    }

    private static Answer Error(int status, string error, string description) =>
        Answer.Json(status, new JsonObject { ["error"] = error, ["error_description"] = description });

    // Numbers are text in this answer, unlike in the token endpoint's.
    private Answer Granted(string clientId, string audience, string resource) => Answer.Json(200, new JsonObject
    {
        ["access_token"] = _tenant.CreateToken(clientId, audience, Lifetime),
        ["client_id"] = clientId,
        ["expires_in"] = ((long)Lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ["expires_on"] = (Now + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        ["ext_expires_in"] = ((long)Lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ["not_before"] = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        ["resource"] = resource,
        ["token_type"] = "Bearer",
    });
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tars.TestKit.SecretServers.Azure;

/// <summary>Azure Key Vault's REST API for reading secrets, version 7.4, with tokens of one tenant.</summary>
public sealed partial class KeyVaultServer : ProtocolServer
{
    private static readonly string[] ApiVersions = ["7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6"];

    private readonly EntraTenant _tenant;
    private readonly Dictionary<string, List<Stored>> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _denied = [];

    private KeyVaultServer(EntraTenant tenant, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = tenant.Time })
    {
        _tenant = tenant;
        Authorization = new Uri($"https://login.microsoftonline.com/{tenant.Id}");
    }

    /// <summary>The authority that the challenge of a 401 names.</summary>
    public Uri Authorization { get; set; }

    /// <summary>The resource that the challenge names and that tokens must be for.</summary>
    public string Resource { get; set; } = EntraTenant.VaultResource;

    /// <summary>False shuts the caller's address out, as the vault's firewall does.</summary>
    public bool FirewallAllows { get; set; } = true;

    /// <summary>
    /// Refuses to read a secret before its <c>nbf</c> and after its <c>exp</c>. The documentation ("About Azure Key Vault secrets") says that reading works outside
    /// these times, and that is the default; a client must look at them itself.
    /// </summary>
    public bool RefusesOutsideItsTime { get; set; }

    /// <summary>Starts a vault of a tenant; the tenant's clock is the server's.</summary>
    public static async Task<KeyVaultServer> StartAsync(EntraTenant tenant, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        KeyVaultServer server = new(tenant, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <summary>Sets a secret: a new version. Returns the version's id.</summary>
    /// <param name="name">Letters, digits and hyphens.</param>
    /// <param name="value">Its value.</param>
    /// <param name="expires">Attribute <c>exp</c>; null has none. Reading past it still works, as documented.</param>
    /// <param name="notBefore">Attribute <c>nbf</c>; null has none. Reading before it still works too.</param>
    /// <param name="contentType">What kind of value it is; null says nothing.</param>
    public string Set(string name, string value, DateTimeOffset? expires = null, DateTimeOffset? notBefore = null, string? contentType = null)
    {
        lock (Gate)
        {
            if (!_secrets.TryGetValue(name, out List<Stored>? versions))
            {
                _secrets.Add(name, versions = []);
            }

            versions.Add(new Stored(Guid.NewGuid().ToString("N"), value, Now, expires, notBefore, contentType));
            return versions[^1].Id;
        }
    }

    /// <summary>Enables or disables a version.</summary>
    public void SetEnabled(string name, string version, bool enabled)
    {
        lock (Gate)
        {
            _secrets[name].Single(stored => stored.Id == version).Enabled = enabled;
        }
    }

    /// <summary>Deletes a secret with its versions.</summary>
    public void Delete(string name)
    {
        lock (Gate)
        {
            _secrets.Remove(name);
        }
    }

    /// <summary>Takes the permission to read secrets from an application or identity; anybody else of the tenant has it.</summary>
    public void Deny(string clientId)
    {
        lock (Gate)
        {
            _denied.Add(clientId);
        }
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(429, "Throttled", "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Error(status, status == 503 ? "ServiceUnavailable" : "InternalServerError", "The service had an internal error.");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (request.Header("Authorization") is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return Challenge("AKV10000: Request is missing a Bearer or PoP token.", null);
        }

        if (_tenant.Holder(authorization["Bearer ".Length..], Resource) is not { } caller)
        {
            return Challenge("AKV10022: Invalid token: its audience, issuer, signature or lifetime is not right.", "invalid_token");
        }

        if (!FirewallAllows)
        {
            return Error(403, "Forbidden", "Client address is not authorized and caller is not a trusted service.", "ForbiddenByFirewall");
        }

        if (request.Query("api-version") is not { } version || !ApiVersions.Contains(version))
        {
            return Error(400, "BadParameter", $"The specified version '{request.Query("api-version")}' of the API is missing or not supported.");
        }

        Match match = Secret().Match(request.Path);
        if (!match.Success)
        {
            return Error(404, "NotFound", "No resource is at this path.");
        }

        if (request.Method != "GET")
        {
            return Error(405, "MethodNotAllowed", "The method is not allowed here.");
        }

        return _denied.Contains(caller)
            ? Error(403, "Forbidden", "Caller is not authorized to perform action on resource. Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'", "ForbiddenByRbac")
            : Read(match.Groups["name"].Value, match.Groups["version"].Value);
    }

    private static Answer Error(int status, string code, string message, string? inner = null)
    {
        JsonObject error = new() { ["code"] = code, ["message"] = message };
        if (inner is not null)
        {
            error["innererror"] = new JsonObject { ["code"] = inner };
        }

        return Answer.Json(status, new JsonObject { ["error"] = error }, "application/json; charset=utf-8");
    }

    private Answer Challenge(string message, string? error) => Error(401, "Unauthorized", message).With(
        "WWW-Authenticate",
        $"Bearer authorization=\"{Authorization.AbsoluteUri}\", resource=\"{Resource}\"" + (error is null ? "" : $", error=\"{error}\""));

    private Answer Read(string name, string version)
    {
        if (!Name().IsMatch(name))
        {
            return Error(400, "BadParameter", $"The request URI contains an invalid name: {name}");
        }

        Stored? stored = !_secrets.TryGetValue(name, out List<Stored>? versions) ? null
            : version.Length == 0 ? versions[^1]
            : versions.Find(candidate => candidate.Id == version);
        if (stored is null)
        {
            return Error(404, "SecretNotFound", $"A secret with (name/id) {name}{(version.Length == 0 ? "" : "/" + version)} was not found in this key vault.");
        }

        if (!stored.Enabled)
        {
            return Error(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
        }

        if (RefusesOutsideItsTime && (stored.Expires <= Now || stored.NotBefore > Now))
        {
            return stored.Expires <= Now
                ? Error(403, "Forbidden", "Operation get is not allowed on an expired secret.", "SecretExpired")
                : Error(403, "Forbidden", "Operation get is not allowed on a not yet valid secret.", "SecretNotYetValid");
        }

        return Answer.Json(200, Body(name, stored), "application/json; charset=utf-8");
    }

    private JsonObject Body(string name, Stored stored)
    {
        JsonObject attributes = new()
        {
            ["enabled"] = true,
            ["created"] = stored.Created.ToUnixTimeSeconds(),
            ["updated"] = stored.Created.ToUnixTimeSeconds(),
            ["recoveryLevel"] = "Recoverable+Purgeable",
            ["recoverableDays"] = 90,
        };
        if (stored.Expires is { } expires)
        {
            attributes["exp"] = expires.ToUnixTimeSeconds();
        }

        if (stored.NotBefore is { } notBefore)
        {
            attributes["nbf"] = notBefore.ToUnixTimeSeconds();
        }

        JsonObject body = new() { ["value"] = stored.Value, ["id"] = new Uri(HttpsAddress, $"secrets/{name}/{stored.Id}").AbsoluteUri, ["attributes"] = attributes, ["tags"] = new JsonObject() };
        if (stored.ContentType is not null)
        {
            body["contentType"] = stored.ContentType;
        }

        return body;
    }

    [GeneratedRegex("^/secrets/(?<name>[^/]+)(/(?<version>[^/]*))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex Name();

    private sealed record Stored(string Id, string Value, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? NotBefore, string? ContentType)
    {
        internal bool Enabled { get; set; } = true;
    }
}

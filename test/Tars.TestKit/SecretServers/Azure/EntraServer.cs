using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Azure;

/// <summary>The v2.0 token endpoint of Microsoft Entra for the client credentials flow: client secret, certificate assertion, federated token.</summary>
public sealed class EntraServer : ProtocolServer
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string FederatedAudience = "api://AzureADTokenExchange";

    private readonly EntraTenant _tenant;

    private EntraServer(EntraTenant tenant, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = tenant.Time }) => _tenant = tenant;

    /// <summary>How long access tokens last.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromSeconds(3599);

    /// <summary>Starts the endpoint of a tenant.</summary>
    public static async Task<EntraServer> StartAsync(EntraTenant tenant, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        EntraServer server = new(tenant, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(429, "temporarily_unavailable", 90055, "The server is terminating the request due to excessive request rate.");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Error(status, "server_error", 90033, "A transient error has occurred. Please try again.");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (request.RawPath.Split('/') is not ["", { } tenant, "oauth2", "v2.0", "token"])
        {
            return Answer.Empty(404);
        }

        if (request.Method != "POST")
        {
            return Error(405, "invalid_request", 900561, "The endpoint only accepts POST requests.");
        }

        if (tenant != _tenant.Id)
        {
            return Error(400, "invalid_request", 90002, $"Tenant '{tenant}' not found.");
        }

        if (request.Field("grant_type") != "client_credentials")
        {
            return request.Field("grant_type") is null
                ? Error(400, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
                : Error(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
        }

        if (request.Field("client_id") is not { Length: > 0 } clientId)
        {
            return Error(400, "invalid_request", 900144, "The request body must contain the following parameter: 'client_id'.");
        }

        if (_tenant.Find(clientId) is not { } application)
        {
            return Error(400, "unauthorized_client", 700016, $"Application with identifier '{clientId}' was not found in the directory.");
        }

        if (request.Field("scope") is not { } scope || scope.Contains(' ', StringComparison.Ordinal) || !scope.EndsWith("/.default", StringComparison.Ordinal))
        {
            return Error(400, "invalid_scope", 1002012, $"The provided value for scope {request.Field("scope")} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).");
        }

        return Fault(request, application) ?? Granted(application, scope[..^"/.default".Length]);
    }

    private static bool IsSameThumbprint(JsonWebToken assertion, X509Certificate2 certificate) =>
        Text(assertion, "x5t#S256") == Url(certificate.GetCertHash(HashAlgorithmName.SHA256)) || Text(assertion, "x5t") == Url(certificate.GetCertHash(HashAlgorithmName.SHA1));

    private static string? Text(JsonWebToken assertion, string name) => assertion.Header[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private Answer? Fault(ReceivedRequest request, EntraApplication application)
    {
        if (request.Field("client_assertion") is { } assertion)
        {
            return request.Field("client_assertion_type") != AssertionType
                ? Error(400, "invalid_request", 50027, "The client_assertion_type must be " + AssertionType)
                : request.Field("client_secret") is not null
                    ? Error(400, "invalid_request", 7000216, "'client_assertion' and 'client_secret' are both in the request.")
                    : OfAssertion(request, application, assertion);
        }

        if (request.Field("client_secret") is not { } secret)
        {
            return Error(401, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
        }

        if (!application.Secrets.TryGetValue(secret, out DateTimeOffset ends))
        {
            return Error(401, "invalid_client", 7000215, "Invalid client secret provided.");
        }

        return ends <= Now ? Error(401, "invalid_client", 7000222, "The provided client secret keys are expired.") : null;
    }

    private Answer? OfAssertion(ReceivedRequest request, EntraApplication application, string compact)
    {
        if (JsonWebToken.Parse(compact) is not { } assertion)
        {
            return Error(401, "invalid_client", 50027, "JWT token is invalid or malformed.");
        }

        return assertion.Issuer == application.ClientId ? OfCertificate(request, application, assertion) : OfFederation(application, assertion);
    }

    private Answer? OfCertificate(ReceivedRequest request, EntraApplication application, JsonWebToken assertion)
    {
        X509Certificate2? certificate = application.Certificates.Find(candidate => IsSameThumbprint(assertion, candidate));
        using RSA? key = certificate?.GetRSAPublicKey();
        if (key is null || !assertion.IsSignedBy(key))
        {
            return Error(401, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application.");
        }

        string endpoint = new Uri(request.IsTls ? HttpsAddress : HttpAddress, request.RawPath).AbsoluteUri;
        if (assertion.Subject != application.ClientId || !assertion.Audiences.Contains(endpoint))
        {
            return Error(401, "invalid_client", 50146, "The client assertion's subject or audience is not right: the audience is " + endpoint);
        }

        return OfTime(assertion);
    }

    private Answer? OfFederation(EntraApplication application, JsonWebToken assertion)
    {
        TokenIssuer? issuer = application.Federations.Find(
            federation => federation.Issuer.Issuer == assertion.Issuer && federation.Subject == assertion.Subject && assertion.Audiences.Contains(FederatedAudience)).Issuer;
        if (issuer is null)
        {
            return Error(400, "invalid_request", 70021, $"No matching federated identity record found for presented assertion. Assertion Issuer: '{assertion.Issuer}'. Assertion Subject: '{assertion.Subject}'.");
        }

        return assertion.IsSignedBy(issuer.Key)
            ? OfTime(assertion)
            : Error(401, "invalid_client", 7000272, "The signature of the presented assertion could not be validated with the keys of its issuer.");
    }

    private Answer? OfTime(JsonWebToken assertion)
    {
        bool inTime = assertion.Seconds("exp") is { } ends && DateTimeOffset.FromUnixTimeSeconds(ends) > Now
            && !(assertion.Seconds("nbf") is { } begins && DateTimeOffset.FromUnixTimeSeconds(begins) > Now);
        return inTime ? null : Error(401, "invalid_client", 700024, "Client assertion is not within its valid time range.");
    }

    private Answer Granted(EntraApplication application, string resource) => Answer.Json(
        200,
        new JsonObject
        {
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)Lifetime.TotalSeconds,
            ["ext_expires_in"] = (int)Lifetime.TotalSeconds,
            ["access_token"] = _tenant.CreateToken(application.ClientId, resource, Lifetime),
        },
        "application/json; charset=utf-8");

    private Answer Error(int status, string error, int code, string message) => Answer.Json(
        status,
        new JsonObject
        {
            ["error"] = error,
            ["error_description"] = $"AADSTS{code}: {message} Trace ID: 00000000-0000-0000-0000-000000000001",
            ["error_codes"] = new JsonArray(code),
            ["timestamp"] = Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["trace_id"] = "00000000-0000-0000-0000-000000000001",
            ["correlation_id"] = Guid.NewGuid().ToString(),
        },
        "application/json; charset=utf-8");
}

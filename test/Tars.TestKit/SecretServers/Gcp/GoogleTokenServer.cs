using System.Globalization;
using System.Text.Json.Nodes;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Gcp;

/// <summary>Google's token endpoint for the flow of "Using OAuth 2.0 for Server to Server Applications": a signed assertion for an access token.</summary>
public sealed class GoogleTokenServer : ProtocolServer
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private readonly GoogleProject _project;

    private GoogleTokenServer(GoogleProject project, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = project.Time }) => _project = project;

    /// <summary>The token endpoint over plain HTTP, and the audience an assertion must name when it is used.</summary>
    public Uri TokenUri => new(HttpAddress, "token");

    /// <summary>The same over TLS.</summary>
    public Uri SecureTokenUri => new(HttpsAddress, "token");

    /// <summary>How long access tokens last.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Starts the endpoint for a project's service accounts.</summary>
    public static async Task<GoogleTokenServer> StartAsync(GoogleProject project, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        GoogleTokenServer server = new(project, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(429, "rate_limit_exceeded", "Too many requests");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Error(status, "internal_failure", "Backend error");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (request.RawPath is not ("/token" or "/oauth2/token"))
        {
            return Error(404, "not_found", "no endpoint here");
        }

        if (request.Method != "POST")
        {
            return Error(405, "invalid_request", "Only POST is supported");
        }

        if (request.Field("grant_type") != Grant)
        {
            return Error(400, "unsupported_grant_type", $"Invalid grant_type: {request.Field("grant_type")}");
        }

        if (JsonWebToken.Parse(request.Field("assertion")) is not { } assertion)
        {
            return Error(400, "invalid_grant", "Bad Request");
        }

        return Fault(assertion, request) ?? Granted(assertion);
    }

    private static Answer Error(int status, string error, string description) =>
        Answer.Json(status, new JsonObject { ["error"] = error, ["error_description"] = description });

    // The required claims: iss, scope, aud, exp (at most an hour after iat), iat; RS256 only.
    private Answer? Fault(JsonWebToken assertion, ReceivedRequest request)
    {
        if (assertion.Issuer is not { } email || _project.KeyOf(email) is not { } account)
        {
            return Error(400, "invalid_grant", "Invalid grant: account not found");
        }

        if (assertion.Algorithm != "RS256" || !assertion.IsSignedBy(account.Key))
        {
            return Error(400, "invalid_grant", "Invalid JWT Signature.");
        }

        if (assertion.Header["kid"] is JsonValue kid && kid.TryGetValue(out string? keyId) && keyId != account.KeyId)
        {
            return Error(400, "invalid_grant", "Invalid JWT Signature.");
        }

        if (assertion.Audiences is not [string audience] || audience != (request.IsTls ? SecureTokenUri : TokenUri).AbsoluteUri)
        {
            return Error(400, "invalid_grant", "Failed audience check. The right audience is " + (request.IsTls ? SecureTokenUri : TokenUri).AbsoluteUri);
        }

        if (assertion.Seconds("iat") is not { } issued || assertion.Seconds("exp") is not { } ends || ends - issued > 3600
            || DateTimeOffset.FromUnixTimeSeconds(ends) <= Now || DateTimeOffset.FromUnixTimeSeconds(issued) > Now)
        {
            return Error(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.");
        }

        string scope = assertion.Claim("scope") ?? "";
        return scope.Split(' ').All(one => one.StartsWith("https://www.googleapis.com/auth/", StringComparison.Ordinal))
            ? null
            : Error(400, "invalid_scope", $"Invalid OAuth scope or ID token audience provided. {scope}");
    }

    private Answer Granted(JsonWebToken assertion) => Answer.Json(200, new JsonObject
    {
        ["access_token"] = _project.CreateToken(assertion.Issuer!, Lifetime, assertion.Claim("scope")!),
        ["expires_in"] = (int)Lifetime.TotalSeconds,
        ["token_type"] = "Bearer",
    });
}

using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>AWS Security Token Service: <c>AssumeRoleWithWebIdentity</c>, a call of the query API that needs no signature.</summary>
public sealed partial class SecurityTokenServer : ProtocolServer
{
    private static readonly XNamespace Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    private readonly AwsAccount _account;

    private SecurityTokenServer(AwsAccount account, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = account.Time }) => _account = account;

    /// <summary>Starts the service for an account; the account's clock is the server's.</summary>
    public static async Task<SecurityTokenServer> StartAsync(AwsAccount account, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecurityTokenServer server = new(account, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(400, "Throttling", "Rate exceeded");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => status == 503
        ? Error(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        : Error(status, "InternalFailure", "The request processing has failed because of an unknown error, exception or failure.");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        string? Parameter(string name) => request.Method == "GET" ? request.Query(name) : request.Field(name);

        if (request.RawPath != "/" || request.Method is not ("GET" or "POST") || Parameter("Action") != "AssumeRoleWithWebIdentity" || Parameter("Version") != "2011-06-15")
        {
            return Error(400, "InvalidAction", $"Could not find operation {Parameter("Action")} for version {Parameter("Version")}");
        }

        (string? arn, string? session, string? token) = (Parameter("RoleArn"), Parameter("RoleSessionName"), Parameter("WebIdentityToken"));
        if (arn is not { Length: >= 20 } || session is null || !SessionName().IsMatch(session) || token is not { Length: >= 4 and <= 20000 })
        {
            return Error(400, "ValidationError", "1 validation error detected: a required parameter is missing or out of bounds");
        }

        int seconds = 3600;
        if (Parameter("DurationSeconds") is { } asked && !int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
        {
            return Error(400, "ValidationError", "DurationSeconds is not a number");
        }

        return Assume(arn, session, token, seconds);
    }

    private static Answer Error(int status, string code, string message) => Xml(status, new XElement(
        Namespace + "ErrorResponse",
        new XElement(
            Namespace + "Error",
            new XElement(Namespace + "Type", status >= 500 ? "Receiver" : "Sender"),
            new XElement(Namespace + "Code", code),
            new XElement(Namespace + "Message", message)),
        new XElement(Namespace + "RequestId", Guid.NewGuid())));

    private static Answer Xml(int status, XElement root) => Answer.Text(status, root.ToString(), "text/xml");

    private Answer Assume(string arn, string session, string compact, int seconds)
    {
        if (JsonWebToken.Parse(compact) is not { } token)
        {
            return Error(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
        }

        AwsRole? trusting = _account.Roles().FirstOrDefault(candidate => candidate.Provider.Issuer == token.Issuer);
        if (trusting is null)
        {
            return Error(400, "InvalidIdentityToken", $"No OpenIDConnect provider found in your account for {token.Issuer}");
        }

        if (!token.IsSignedBy(trusting.Provider.Key))
        {
            return Error(400, "InvalidIdentityToken", "The web identity token that was passed could not be validated by AWS: its signature is not the provider's");
        }

        if (token.Seconds("exp") is not { } ends || DateTimeOffset.FromUnixTimeSeconds(ends) <= Now)
        {
            return Error(400, "ExpiredTokenException", $"Token expired: current date/time {Now.ToUnixTimeSeconds()} must be before the expiration date/time {token.Seconds("exp")}");
        }

        if (_account.Role(arn) is not { } role || role.Provider.Issuer != token.Issuer || token.Subject != role.Subject)
        {
            return Error(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
        }

        if (!token.Audiences.Contains(role.Audience))
        {
            return Error(400, "InvalidIdentityToken", "Incorrect token audience");
        }

        if (seconds < 900 || seconds > role.MaximumSession.TotalSeconds)
        {
            return Error(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }

        return Granted(role, session, token, _account.CreateSessionKeys(TimeSpan.FromSeconds(seconds)));
    }

    private Answer Granted(AwsRole role, string session, JsonWebToken token, AwsCredentials credentials) => Xml(200, new XElement(
        Namespace + "AssumeRoleWithWebIdentityResponse",
        new XElement(
            Namespace + "AssumeRoleWithWebIdentityResult",
            new XElement(Namespace + "SubjectFromWebIdentityToken", token.Subject),
            new XElement(Namespace + "Audience", role.Audience),
            new XElement(
                Namespace + "AssumedRoleUser",
                new XElement(Namespace + "Arn", $"arn:aws:sts::{_account.Id}:assumed-role/{role.Name}/{session}"),
                new XElement(Namespace + "AssumedRoleId", $"AROATEST:{session}")),
            new XElement(
                Namespace + "Credentials",
                new XElement(Namespace + "SessionToken", credentials.SessionToken),
                new XElement(Namespace + "SecretAccessKey", credentials.SecretAccessKey),
                new XElement(Namespace + "Expiration", AwsTime.Iso(credentials.Expiration!.Value)),
                new XElement(Namespace + "AccessKeyId", credentials.AccessKeyId)),
            new XElement(Namespace + "Provider", role.Provider.Issuer)),
        new XElement(Namespace + "ResponseMetadata", new XElement(Namespace + "RequestId", Guid.NewGuid()))));

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}$")]
    private static partial Regex SessionName();
}

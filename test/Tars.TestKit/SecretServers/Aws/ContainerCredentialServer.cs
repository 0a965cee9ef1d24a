using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>
/// The endpoint behind <c>AWS_CONTAINER_CREDENTIALS_RELATIVE_URI</c> and <c>AWS_CONTAINER_CREDENTIALS_FULL_URI</c>: keys of a task or pod, with an
/// authorization token where one is set.
/// </summary>
public sealed class ContainerCredentialServer : ProtocolServer
{
    private readonly AwsAccount _account;
    private readonly string _roleArn;

    private ContainerCredentialServer(AwsAccount account, string roleArn, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = account.Time })
    {
        _account = account;
        _roleArn = roleArn;
    }

    /// <summary>The path that answers.</summary>
    public string Path { get; set; } = "/v2/credentials/00000000-0000-0000-0000-000000000001";

    /// <summary>What <c>Authorization</c> must be, exactly; null asks for none. A new value stands for a token file that was rewritten.</summary>
    public string? AuthorizationToken { get; set; }

    /// <summary>How long keys last from when they are asked for.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Starts the endpoint for an account's role.</summary>
    public static async Task<ContainerCredentialServer> StartAsync(
        AwsAccount account, string roleArn = "arn:aws:iam::123456789012:role/task", ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ContainerCredentialServer server = new(account, roleArn, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(429, "ThrottlingException", "Rate exceeded");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Error(status, "InternalServerError", "An internal error occurred");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (request.Method != "GET" || request.RawPath != Path)
        {
            return Error(404, "NotFound", "no credentials here");
        }

        if (AuthorizationToken is not null && request.Header("Authorization") != AuthorizationToken)
        {
            return Error(401, "Unauthorized", "the authorization token is missing or wrong");
        }

        AwsCredentials credentials = _account.CreateSessionKeys(Lifetime);
        return Answer.Json(200, new JsonObject
        {
            ["RoleArn"] = _roleArn,
            ["AccessKeyId"] = credentials.AccessKeyId,
            ["SecretAccessKey"] = credentials.SecretAccessKey,
            ["Token"] = credentials.SessionToken,
            ["Expiration"] = AwsTime.Iso(credentials.Expiration!.Value),
        });
    }

    private static Answer Error(int status, string code, string message) => Answer.Json(status, new JsonObject { ["code"] = code, ["message"] = message });
}

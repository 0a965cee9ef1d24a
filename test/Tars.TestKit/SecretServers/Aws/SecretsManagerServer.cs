using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>AWS Secrets Manager in one region: <c>GetSecretValue</c>, <c>DescribeSecret</c> and <c>ListSecretVersionIds</c> of signed requests.</summary>
public sealed class SecretsManagerServer : ProtocolServer
{
    /// <summary>The service name in a credential scope.</summary>
    public const string Service = "secretsmanager";

    private const string MediaType = "application/x-amz-json-1.1";

    private readonly AwsAccount _account;
    private readonly List<StoredSecret> _secrets = [];

    private SecretsManagerServer(AwsAccount account, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = account.Time }) => _account = account;

    /// <summary>Starts the service for an account, in its region; the account's clock is the server's.</summary>
    public static async Task<SecretsManagerServer> StartAsync(AwsAccount account, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretsManagerServer server = new(account, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <summary>Writes a new version with the label <c>AWSCURRENT</c>, and the secret when it is new. Returns the version's id.</summary>
    public string Put(string name, string value) => Add(name, value, null, StoredSecret.Current);

    /// <summary>The same for a binary value.</summary>
    public string PutBinary(string name, byte[] value) => Add(name, null, value, StoredSecret.Current);

    /// <summary>Writes a new version with the label <c>AWSPENDING</c>, as a rotation does first.</summary>
    public string PutPending(string name, string value) => Add(name, value, null, StoredSecret.Pending);

    /// <summary>Gives a version the label <c>AWSCURRENT</c>, as a rotation does last; the one that had it becomes <c>AWSPREVIOUS</c>.</summary>
    public void Promote(string name, string versionId) => Change(name, secret => secret.Promote(versionId));

    /// <summary>The complete ARN of a secret.</summary>
    public string ArnOf(string name)
    {
        lock (Gate)
        {
            return _secrets.Single(secret => secret.Is(name)).Arn;
        }
    }

    /// <summary>Marks a secret as deleted.</summary>
    public void ScheduleDeletion(string name) => Change(name, secret => secret.DeletionDate = Now.AddDays(30));

    /// <summary>Takes the key of a secret away: its value can no longer be decrypted.</summary>
    public void BreakKey(string name) => Change(name, secret => secret.DecryptionFails = true);

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Error(400, "ThrottlingException", "Rate exceeded");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => status == 503
        ? Error(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        : Error(status, "InternalServiceError", "An error occurred on the server side.");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        string? target = request.Header("X-Amz-Target");
        if (request.Method != "POST" || request.RawPath != "/" || request.Header("Content-Type") != MediaType
            || target?.Split('.', 2) is not ["secretsmanager", ("GetSecretValue" or "DescribeSecret" or "ListSecretVersionIds") and { } operation])
        {
            return Error(400, "UnknownOperationException", $"no operation: {request.Method} {request.RawPath} {request.Header("Content-Type")} {target}");
        }

        return SignatureCheck.Verify(request, _account, Service) switch
        {
            SignatureOutcome.Bad bad => Refuse(bad),
            SignatureOutcome.Good good => Serve(request, operation, good.Credentials),
            _ => throw new UnreachableException(),
        };
    }

    private static Answer Refuse(SignatureOutcome.Bad bad) => bad.Fault switch
    {
        SignatureFault.Missing => Error(403, "MissingAuthenticationTokenException", bad.Message),
        SignatureFault.Incomplete => Error(400, "IncompleteSignatureException", bad.Message),
        SignatureFault.UnknownKey => Error(400, "UnrecognizedClientException", bad.Message),
        SignatureFault.Expired => Error(400, "ExpiredTokenException", bad.Message),
        SignatureFault.Mismatch => Error(400, "InvalidSignatureException", bad.Message),
        _ => throw new UnreachableException(),
    };

    private static Answer Error(int status, string type, string message) =>
        Answer.Json(status, new JsonObject { ["__type"] = type, [type is "AccessDeniedException" or "ResourceNotFoundException" ? "Message" : "message"] = message }, MediaType)
            .With("x-amzn-RequestId", Guid.NewGuid().ToString());

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private Answer Serve(ReceivedRequest request, string operation, AwsCredentials credentials)
    {
        if (request.Json() is not { } body)
        {
            return Error(400, "SerializationException", "the body is not a JSON object");
        }

        if (Text(body, "SecretId") is not { Length: > 0 and <= 2048 } id)
        {
            return Error(400, "ValidationException", "1 validation error detected: Value at 'secretId' failed to satisfy constraint: Member must not be null");
        }

        if (_account.IsDenied(credentials, $"{Service}:{operation}"))
        {
            return Error(400, "AccessDeniedException", $"User: arn:aws:iam::{_account.Id}:user/test is not authorized to perform: {Service}:{operation} on resource: {id} because no identity-based policy allows the {Service}:{operation} action");
        }

        if (_secrets.Find(secret => secret.Is(id)) is not { } found)
        {
            return Error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        }

        return operation switch
        {
            "DescribeSecret" => Ok(found.Description()),
            "ListSecretVersionIds" => List(found, body),
            _ => Value(found, body),
        };
    }

    private static Answer Value(StoredSecret secret, JsonObject body)
    {
        (string? versionId, string? stage) = (Text(body, "VersionId"), Text(body, "VersionStage"));
        if (versionId is { Length: < 32 or > 64 } || stage is { Length: < 1 or > 256 })
        {
            return Error(400, "ValidationException", "1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must have length between 32 and 64");
        }

        if (secret.DeletionDate is not null)
        {
            return Error(400, "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");
        }

        if (secret.Find(versionId, stage) is not { } version)
        {
            return Error(400, "ResourceNotFoundException", versionId is null
                ? $"Secrets Manager can't find the specified secret value for staging label: {stage ?? StoredSecret.Current}"
                : $"Secrets Manager can't find the specified secret value for VersionId: {versionId}");
        }

        if (versionId is not null && stage is not null && !version.Stages.Contains(stage))
        {
            return Error(400, "InvalidRequestException", "You provided a VersionStage that is not associated to the provided VersionId.");
        }

        return secret.DecryptionFails
            ? Error(400, "DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key.")
            : Ok(secret.Value(version));
    }

    private static Answer List(StoredSecret secret, JsonObject body)
    {
        int skip = 0;
        if (Text(body, "NextToken") is { } token && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            return Error(400, "InvalidNextTokenException", "The NextToken value is invalid.");
        }

        int take = body["MaxResults"]?.GetValue<int>() ?? 100;
        return take is < 1 or > 100
            ? Error(400, "ValidationException", "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must be between 1 and 100")
            : Ok(secret.VersionIds(body["IncludeDeprecated"]?.GetValue<bool>() ?? false, skip, take));
    }

    private static Answer Ok(JsonObject body) => Answer.Json(200, body, MediaType).With("x-amzn-RequestId", Guid.NewGuid().ToString());

    private string Add(string name, string? text, byte[]? binary, string stage)
    {
        lock (Gate)
        {
            if (_secrets.Find(secret => secret.Is(name)) is not { } found)
            {
                found = new StoredSecret(name, _account.Region, _account.Id, Now);
                _secrets.Add(found);
            }

            return found.Add(text, binary, stage, Now);
        }
    }

    private void Change(string name, Action<StoredSecret> change)
    {
        lock (Gate)
        {
            change(_secrets.Single(secret => secret.Is(name)));
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>The instance metadata service of EC2, version 2: a session token first, by PUT, then reads that carry it.</summary>
public sealed class InstanceMetadataServer : ProtocolServer
{
    private const string TtlHeader = "X-aws-ec2-metadata-token-ttl-seconds";
    private const string Roles = "/latest/meta-data/iam/security-credentials/";

    private readonly AwsAccount _account;
    private readonly Dictionary<string, DateTimeOffset> _tokens = [];

    private InstanceMetadataServer(AwsAccount account, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = account.Time }) => _account = account;

    /// <summary>Name of the instance's role; null is an instance without one.</summary>
    public string? RoleName { get; set; } = "instance-role";

    /// <summary>False also answers reads without a token, as version 1 did.</summary>
    public bool TokensRequired { get; set; } = true;

    /// <summary>False is an instance whose metadata service is switched off: everything is 403.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long keys last from when they are asked for.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Starts the service for an instance of an account.</summary>
    public static async Task<InstanceMetadataServer> StartAsync(AwsAccount account, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        InstanceMetadataServer server = new(account, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter) => Status(503); // the documented answer to throttled calls

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Status(status);

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (!Enabled)
        {
            return Status(403);
        }

        if (request.RawPath == "/latest/api/token")
        {
            return request.Method == "PUT" ? NewToken(request) : Status(405);
        }

        if (request.Method != "GET")
        {
            return Status(405);
        }

        string? token = request.Header("X-aws-ec2-metadata-token");
        if (token is null ? TokensRequired : !_tokens.TryGetValue(token, out DateTimeOffset ends) || ends <= Now)
        {
            return Status(401);
        }

        return request.RawPath switch
        {
            "/latest/meta-data/placement/region" => Answer.Text(200, _account.Region),
            Roles or "/latest/meta-data/iam/security-credentials" when RoleName is not null => Answer.Text(200, RoleName),
            { } path when RoleName is not null && path == Roles + RoleName => Keys(),
            _ => Status(404),
        };
    }

    private static Answer Status(int status) => Answer.Text(
        status,
        $"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>",
        "text/html");

    private Answer NewToken(ReceivedRequest request)
    {
        if (request.Header("X-Forwarded-For") is not null)
        {
            return Status(403);
        }

        if (!int.TryParse(request.Header(TtlHeader), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < 1 or > 21600)
        {
            return Status(400);
        }

        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(42));
        _tokens.Add(token, Now.AddSeconds(seconds));
        return Answer.Text(200, token).With(TtlHeader, seconds.ToString(CultureInfo.InvariantCulture));
    }

    private Answer Keys()
    {
        AwsCredentials credentials = _account.CreateSessionKeys(Lifetime);
        JsonObject body = new()
        {
            ["Code"] = "Success",
            ["LastUpdated"] = AwsTime.Iso(Now),
            ["Type"] = "AWS-HMAC",
            ["AccessKeyId"] = credentials.AccessKeyId,
            ["SecretAccessKey"] = credentials.SecretAccessKey,
            ["Token"] = credentials.SessionToken,
            ["Expiration"] = AwsTime.Iso(credentials.Expiration!.Value),
        };
        return Answer.Text(200, body.ToJsonString());
    }
}

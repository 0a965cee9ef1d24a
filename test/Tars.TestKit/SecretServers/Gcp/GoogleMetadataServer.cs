using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Gcp;

/// <summary>The metadata server of Compute Engine: a token of the attached service account for whoever sends <c>Metadata-Flavor: Google</c>.</summary>
public sealed class GoogleMetadataServer : ProtocolServer
{
    private const string Accounts = "/computeMetadata/v1/instance/service-accounts/";

    private readonly GoogleProject _project;

    private GoogleMetadataServer(GoogleProject project, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = project.Time })
    {
        _project = project;
        Email = $"default@{project.Id}.iam.gserviceaccount.com";
    }

    /// <summary>The attached service account; null is a machine without one.</summary>
    public string? Email { get; set; }

    /// <summary>How long tokens last.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Starts the metadata server of a machine in a project.</summary>
    public static async Task<GoogleMetadataServer> StartAsync(GoogleProject project, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        GoogleMetadataServer server = new(project, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = Text(429, "Too Many Requests");
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Text(status, "Internal error");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (request.Header("Metadata-Flavor") != "Google")
        {
            return Text(403, "Missing required header: Metadata-Flavor");
        }

        if (request.Header("X-Forwarded-For") is not null)
        {
            return Text(403, "X-Forwarded-For is not allowed");
        }

        if (request.Method != "GET")
        {
            return Text(405, "Method not allowed");
        }

        return request.RawPath switch
        {
            "/computeMetadata/v1/project/project-id" => Text(200, _project.Id),
            "/computeMetadata/v1/project/numeric-project-id" => Text(200, _project.Number),
            Accounts + "default/email" when Email is not null => Text(200, Email),
            Accounts + "default/token" when Email is not null => Token(Email, request.Query("scopes")),
            { } path when Email is not null && path == $"{Accounts}{Email}/token" => Token(Email, request.Query("scopes")),
            _ => Text(404, "Not Found"),
        };
    }

    private static Answer Text(int status, string text) => Answer.Text(status, text, "application/text").With("Metadata-Flavor", "Google");

    private Answer Token(string email, string? scopes) => Answer.Json(200, new JsonObject
    {
        ["access_token"] = _project.CreateToken(email, Lifetime, scopes?.Replace(',', ' ') ?? GoogleProject.CloudPlatform),
        ["expires_in"] = (int)Lifetime.TotalSeconds,
        ["token_type"] = "Bearer",
    }).With("Metadata-Flavor", "Google");
}

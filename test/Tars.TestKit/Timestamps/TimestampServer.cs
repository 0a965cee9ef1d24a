using Tars.TestKit.SecretServers;

namespace Tars.TestKit.Timestamps;

/// <summary>The HTTP protocol of a timestamp authority (RFC 3161 section 3.4): a query in, a reply out.</summary>
public sealed class TimestampServer : ProtocolServer
{
    private const string QueryType = "application/timestamp-query";
    private const string ReplyType = "application/timestamp-reply";

    private readonly OpenSslAuthority _authority;

    private TimestampServer(OpenSslAuthority authority)
        : base(null) => _authority = authority;

    /// <summary>What is answered in place of the authority's answer; null for its own.</summary>
    public ReadOnlyMemory<byte>? Replay { get; set; }

    /// <summary>Listens.</summary>
    /// <param name="authority">Makes the answers; the caller keeps it.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<TimestampServer> StartAsync(OpenSslAuthority authority, CancellationToken cancellationToken = default)
    {
        TimestampServer server = new(authority);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request) =>
        request.Method != "POST" ? Answer.Empty(405)
        : request.Header("Content-Type") != QueryType ? Answer.Text(415, $"{QueryType} is expected")
        : new Answer(200, Replay ?? Task.Run(() => _authority.AnswerAsync(request.Body)).GetAwaiter().GetResult(), ReplyType);

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter) => Answer.Empty(429);

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => Answer.Text(status, "the authority is down");
}

namespace Tars.TestKit.SecretServers;

/// <summary>What goes wrong with one answer.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>The service's own refusal of too many requests, in its documented form.</summary>
    /// <param name="RetryAfter">Value of the <c>Retry-After</c> header in whole seconds; null leaves it out.</param>
    public sealed record Throttle(TimeSpan? RetryAfter = null) : Fault;

    /// <summary>The service's own answer for a failure of its own.</summary>
    /// <param name="Status">500 to 599.</param>
    public sealed record ServerError(int Status = 500) : Fault;

    /// <summary>The right answer, late by the server's clock.</summary>
    public sealed record Delay(TimeSpan For) : Fault;

    /// <summary>The connection is closed without an answer.</summary>
    public sealed record Drop : Fault;

    /// <summary>The request is carried out, and the connection is closed without an answer: the client cannot know.</summary>
    public sealed record Lost : Fault;

    /// <summary>The connection is closed after this many bytes of the request's body were read; nothing is carried out.</summary>
    public sealed record CutUpload(int Bytes) : Fault;

    /// <summary>The first half of the body with a length that fits it: JSON that does not parse.</summary>
    public sealed record Malformed : Fault;

    /// <summary>The announced length is the whole body's; half of it comes, then the connection closes.</summary>
    public sealed record Truncate : Fault;

    /// <summary>The right status, and a body of spaces of this length in chunks, its length not announced.</summary>
    public sealed record Huge(long Bytes) : Fault;

    /// <summary>Status 200 with an HTML page, as a captive portal or a proxy in the way would answer.</summary>
    public sealed record WrongContent : Fault;

    /// <summary>Status 200 without a body.</summary>
    public sealed record EmptyBody : Fault;

    /// <summary>A redirect to another place.</summary>
    /// <param name="Location">Value of the <c>Location</c> header.</param>
    /// <param name="Status">301, 302, 303, 307 or 308.</param>
    public sealed record Redirect(Uri Location, int Status = 307) : Fault;

    /// <summary>Exactly this answer.</summary>
    public sealed record Instead(Answer Answer) : Fault;
}

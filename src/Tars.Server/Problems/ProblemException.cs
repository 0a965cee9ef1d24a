namespace Tars.Server.Problems;

/// <summary>Ends a request with a problem document.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>A problem.</summary>
    /// <param name="code">What went wrong.</param>
    /// <param name="detail">What exactly, and the way out; no secret, nothing of other persons.</param>
    /// <param name="errors">For values that are not valid: what is wrong, by the field's or parameter's name.</param>
    /// <param name="inner">What it comes from.</param>
    public ProblemException(ErrorCode code, string detail, IReadOnlyDictionary<string, string[]>? errors = null, Exception? inner = null)
        : base(detail, inner) => (Code, Errors) = (code, errors);

    /// <summary>What went wrong.</summary>
    public ErrorCode Code { get; }

    /// <summary>What is wrong with each value; null when it is not about values.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; }

    /// <summary>How long to wait before asking again; null when that would change nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

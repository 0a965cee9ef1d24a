namespace Tars.Observability.TimeSeries;

/// <summary>What failed.</summary>
public enum SourceFailure
{
    /// <summary>The backend as a whole: not reachable, not authorised, failing, or answering nonsense. The run cannot go on.</summary>
    Backend,

    /// <summary>This query alone: refused, too large, timed out. Figures that need it are "query failed".</summary>
    Query,

    /// <summary>The capture holds no answer to this query, or its grid does not reach that far.</summary>
    NotCaptured,
}

/// <summary>A source of series failed. The message names the query or address and the way out; it holds no credentials.</summary>
public sealed class SeriesSourceException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SeriesSourceException(SourceFailure failure, string message, string? query = null, string? hint = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        Query = query;
        Hint = hint;
    }

    /// <summary>What failed.</summary>
    public SourceFailure Failure { get; }

    /// <summary>The PromQL text, where one query failed.</summary>
    public string? Query { get; }

    /// <summary>What the user can do about it, or null.</summary>
    public string? Hint { get; }
}

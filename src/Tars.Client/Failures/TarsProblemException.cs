using System.Net;

namespace Tars.Client;

/// <summary>The server refused, with a problem document (RFC 9457).</summary>
public sealed class TarsProblemException : TarsException
{
    internal TarsProblemException(HttpStatusCode status, Documents.ProblemDocument problem, string? requestId, TimeSpan? retryAfter)
        : base(Say(status, problem)) =>
        (Status, Code, RequestId, RetryAfter, Errors) = (status, problem.ErrorCode ?? "HTTP_" + (int)status, problem.RequestId ?? requestId, retryAfter, Read(problem.Errors));

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The kind of problem as a word that never changes, such as <c>FORBIDDEN</c>; <c>HTTP_</c> and the status where something else than the server answered.</summary>
    public string Code { get; }

    /// <summary>The request's id, under which the server's log tells more; null where the answer had none.</summary>
    public string? RequestId { get; }

    /// <summary>How long the server asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What is wrong with each value, by the name of the parameter or field; empty where it is not about values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; }

    private static Dictionary<string, IReadOnlyList<string>> Read(Dictionary<string, string[]>? errors) =>
        errors?.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value) ?? [];

    private static string Say(HttpStatusCode status, Documents.ProblemDocument problem)
    {
        string said = problem.Detail ?? problem.Title ?? "the answer is no problem document: something else than T.A.R.S. may have answered";
        string[] values = [.. (problem.Errors ?? []).Select(pair => $"{pair.Key} {string.Join("; ", pair.Value)}")];
        return $"the server answers {(int)status}{(problem.ErrorCode is { } code ? " " + code : string.Empty)}: {said}{(values.Length == 0 ? string.Empty : $" ({string.Join(", ", values)})")}";
    }
}

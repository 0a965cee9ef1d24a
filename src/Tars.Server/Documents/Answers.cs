using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage;

namespace Tars.Server.Documents;

/// <summary>
/// Answers that are made of the store alone. Each is made once for a state of the store and then kept ready, as bytes, until the state changes: a request that is answered so costs no statement
/// and no serialisation. The request's id is put between two ready parts.
/// </summary>
/// <param name="versions">Which state of the store it is.</param>
public sealed class Answers(StoreVersions versions)
{
    private const int MostAnswers = 1024;
    private const long MostBytes = 64L << 20;
    private static readonly byte[] RequestIdName = [.. ",\"request_id\":\""u8];
    private static readonly byte[] DocumentEnd = [.. "\"}"u8];

    private State _state = new(new StoreVersion(-1, -1, -1, -1));

    /// <summary>What answers the requests of a route.</summary>
    /// <inheritdoc cref="AnswerAsync"/>
    public RequestDelegate For(ApiRoute route, IReadOnlyList<Representation> forms, ApiParameters parameters, Func<RequestValues, Representation, Task<ReadyAnswer>> make) =>
        context => AnswerAsync(context, route, forms, parameters, make);

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="route">The route.</param>
    /// <param name="forms">The forms that it has.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="make">Makes the answer of checked parameters in a form.</param>
    public async Task AnswerAsync(HttpContext context, ApiRoute route, IReadOnlyList<Representation> forms, ApiParameters parameters, Func<RequestValues, Representation, Task<ReadyAnswer>> make)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(make);
        Representation form = Representations.Of(context, forms);
        State state = await StateAsync().ConfigureAwait(false);
        Key key = new(route, context.Request.Path.Value ?? string.Empty, context.Request.QueryString.Value ?? string.Empty, form);
        if (!state.Ready.TryGetValue(key, out Task<ReadyAnswer>? making))
        {
            RequestValues values = RequestValues.Read(context, parameters);
            if (state.Ready.Count >= MostAnswers || Interlocked.Read(ref state.Bytes) >= MostBytes)
            {
                making = make(values, form);
            }
            else
            {
                // Whoever comes first makes it; whoever comes meanwhile waits for the same one.
                TaskCompletionSource<ReadyAnswer> mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
                making = state.Ready.GetOrAdd(key, mine.Task);
                if (making == mine.Task)
                {
                    await MakeAsync(state, key, mine, () => make(values, form)).ConfigureAwait(false);
                }
            }
        }

        await WriteAsync(context, await making.ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Forgets all that is ready, and asks the store anew.</summary>
    public void Forget()
    {
        versions.Forget();
        Volatile.Write(ref _state, new State(new StoreVersion(-1, -1, -1, -1)));
    }

    /// <summary>A document as bytes, ready for the request's id.</summary>
    public static ReadyAnswer Document<T>(T document, JsonTypeInfo<T> type)
        where T : ApiDocument
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, type);
        return ReadyAnswer.Of([.. json.AsSpan(0, json.Length - 1), .. RequestIdName], DocumentEnd, Representations.Json);
    }

    /// <summary>Writes a document that is of this moment: without a tag, and never kept by anybody. The status is as it was set.</summary>
    public static async Task WriteUnkeptAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type)
        where T : ApiDocument
    {
        ArgumentNullException.ThrowIfNull(context);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document with { RequestId = context.TraceIdentifier }, type);
        context.Response.ContentType = Representations.Json;
        context.Response.ContentLength = json.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an answer: whole, or that the caller has it already.</summary>
    public static async Task WriteAsync(HttpContext context, ReadyAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(answer);
        HttpResponse response = context.Response;
        response.Headers.ETag = answer.ETag;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = "Accept";
        if (answer.Link is not null)
        {
            response.Headers.Link = answer.Link;
        }

        if (HasIt(context.Request.Headers.IfNoneMatch.ToString(), answer.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = answer.ContentType;
        string id = answer.Tail.Length == 0 ? string.Empty : context.TraceIdentifier;
        int length = answer.Head.Length + id.Length + answer.Tail.Length;
        response.ContentLength = length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // Ids are ASCII, and need no escaping: RequestIds takes no others.
        Span<byte> span = response.BodyWriter.GetSpan(length);
        answer.Head.CopyTo(span);
        Encoding.ASCII.GetBytes(id, span[answer.Head.Length..]);
        answer.Tail.CopyTo(span[(answer.Head.Length + id.Length)..]);
        response.BodyWriter.Advance(length);
        await response.BodyWriter.FlushAsync(CancellationToken.None).ConfigureAwait(false); // a client that goes away ends it too; the token would be made for each request
    }

    // If-None-Match compares weakly (RFC 9110, section 13.1.2).
    private static bool HasIt(string given, string tag) => given.Length > 0 && given.Length < 4096
        && (given == tag || given.Split(',', StringSplitOptions.TrimEntries).Any(one => one == "*" || one == tag || "W/" + one == tag));

    private static async Task MakeAsync(State state, Key key, TaskCompletionSource<ReadyAnswer> mine, Func<Task<ReadyAnswer>> make)
    {
        try
        {
            ReadyAnswer made = await make().ConfigureAwait(false);
            Interlocked.Add(ref state.Bytes, made.Head.Length + made.Tail.Length);
            mine.SetResult(made);
        }
        catch (Exception exception) when (exception is StoreException or ProblemException or IOException)
        {
            // A failure is told to all who wait, and not kept.
            state.Ready.TryRemove(key, out _);
            mine.SetException(exception);
        }
        finally
        {
            if (!mine.Task.IsCompleted)
            {
                state.Ready.TryRemove(key, out _);
                mine.TrySetException(new ProblemException(ErrorCode.Internal, "The answer could not be made."));
            }
        }
    }

    private async ValueTask<State> StateAsync()
    {
        StoreVersion version = await versions.CurrentAsync().ConfigureAwait(false);
        State state = Volatile.Read(ref _state);
        if (ReferenceEquals(state.Version, version) || state.Version == version)
        {
            return state;
        }

        State next = new(version);
        Interlocked.CompareExchange(ref _state, next, state);
        State now = Volatile.Read(ref _state);
        return now.Version == version ? now : next;
    }

    private readonly record struct Key(ApiRoute Route, string Path, string Query, Representation Form)
    {
        // Routes are few and there once: their place in memory is enough.
        public bool Equals(Key other) => ReferenceEquals(Route, other.Route) && Form == other.Form && Query == other.Query && Path == other.Path;

        public override int GetHashCode() => HashCode.Combine(string.GetHashCode(Path, StringComparison.Ordinal), string.GetHashCode(Query, StringComparison.Ordinal), Form);
    }

    private sealed class State(StoreVersion version)
    {
        public long Bytes;

        public StoreVersion Version { get; } = version;

        public ConcurrentDictionary<Key, Task<ReadyAnswer>> Ready { get; } = new();
    }
}

/// <summary>An answer as bytes.</summary>
/// <param name="Head">All of it, or what comes before the request's id.</param>
/// <param name="Tail">What comes after the request's id; empty when it is not in the body.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="ETag">The entity tag: of the content without the request's id, so it is a weak one.</param>
/// <param name="Link">The header <c>Link</c>; null for none.</param>
public sealed record ReadyAnswer(byte[] Head, byte[] Tail, string ContentType, string ETag, string? Link = null)
{
    /// <summary>An answer with its tag.</summary>
    public static ReadyAnswer Of(byte[] head, byte[] tail, string contentType, string? link = null)
    {
        ArgumentNullException.ThrowIfNull(head);
        return new ReadyAnswer(head, tail, contentType, $"W/\"{Convert.ToHexStringLower(SHA256.HashData(head).AsSpan(0, 16))}\"", link);
    }
}

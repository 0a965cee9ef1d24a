using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Access;

namespace Tars.Server.Hosting;

/// <summary>
/// One line for each request: JSON or text. What a caller wrote into an address or a header is not in it: the route's template stands for the path, the subject's id for the person. Lines are
/// written by one task; when it cannot follow, lines are left out and counted, and no request waits.
/// </summary>
public sealed class RequestLog : IAsyncDisposable
{
    private const int Longest = 8192;
    private readonly Channel<Line> _lines = Channel.CreateBounded<Line>(new BoundedChannelOptions(Longest) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly TextWriter _output;
    private readonly bool _isJson;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private readonly bool _tellsRequests;
    private long _leftOut;

    /// <summary>Begins to write.</summary>
    /// <param name="output">What gets the lines.</param>
    /// <param name="isJson">Whether a line is a JSON object.</param>
    /// <param name="tellsRequests">Whether each request has its line; faults always have.</param>
    /// <param name="time">The clock.</param>
    public RequestLog(TextWriter output, bool isJson, bool tellsRequests, TimeProvider time)
    {
        (_output, _isJson, _tellsRequests, _time) = (output, isJson, tellsRequests, time);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Adds the step, where requests are told.</summary>
    public void Use(IApplicationBuilder server)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (_tellsRequests)
        {
            server.Use(Step);
        }
    }

    /// <summary>Tells of a fault: what could not be used, or what broke. Only this log says more than the answer.</summary>
    /// <param name="exception">What broke.</param>
    /// <param name="requestId">The request that met it.</param>
    public void Tell(Exception exception, string requestId)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (!_lines.Writer.TryWrite(new Line(_time.GetUtcNow(), requestId, exception.GetType().Name, exception.Message, 0, 0, null) { Fault = exception is IOException ? exception.Message : exception.ToString() }))
        {
            Interlocked.Increment(ref _leftOut);
        }
    }

    private RequestDelegate Step(RequestDelegate next) => async context =>
    {
        long began = _time.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            Add(context, _time.GetElapsedTime(began));
        }
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private void Add(HttpContext context, TimeSpan took)
    {
        Line line = new(
            _time.GetUtcNow(),
            context.TraceIdentifier,
            context.Request.Method is { Length: <= 16 } method && method.All(char.IsAsciiLetterUpper) ? method : "(other)",
            (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)",
            !context.Response.HasStarted && context.RequestAborted.IsCancellationRequested ? 499 : context.Response.StatusCode,
            took.TotalMilliseconds,
            Caller.Of(context) is Caller.Known known ? known.SubjectId : null);
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _leftOut);
        }
    }

    private async Task WriteAsync()
    {
        ArrayBufferWriter<byte> buffer = new();
        await foreach (Line line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Append(buffer, line);
            while (buffer.WrittenCount < 1 << 16 && _lines.Reader.TryRead(out Line? more))
            {
                Append(buffer, more);
            }

            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
            {
                Append(buffer, new Line(_time.GetUtcNow(), "-", "(left out)", "(log)", (int)Math.Min(count, int.MaxValue), 0, null));
            }

            await _output.WriteAsync(Encoding.UTF8.GetString(buffer.WrittenSpan)).ConfigureAwait(false);
            await _output.FlushAsync().ConfigureAwait(false);
            buffer.ResetWrittenCount();
        }
    }

    private void Append(ArrayBufferWriter<byte> buffer, Line line)
    {
        if (line.Fault is { } fault)
        {
            AppendFault(buffer, line, fault);
        }
        else if (_isJson)
        {
            using Utf8JsonWriter json = new(buffer);
            json.WriteStartObject();
            json.WriteString("time", line.Time.UtcDateTime);
            json.WriteString("event", line.Method == "(left out)" ? "requests_left_out" : "request");
            json.WriteString("request_id", line.RequestId);
            json.WriteString("method", line.Method);
            json.WriteString("route", line.Route);
            json.WriteNumber("status", line.Status);
            json.WriteNumber("milliseconds", Math.Round(line.Milliseconds, 3));
            json.WriteString("subject", line.Subject);
            json.WriteEndObject();
            json.Flush();
        }
        else
        {
            EncodingExtensions.GetBytes(
                Encoding.UTF8, FormattableString.Invariant($"{line.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {line.Status} {line.Method} {line.Route} {line.Milliseconds:0.0} ms {line.Subject ?? "-"} {line.RequestId}").AsSpan(), buffer);
        }

        buffer.Write("\n"u8);
    }

    private void AppendFault(ArrayBufferWriter<byte> buffer, Line line, string fault)
    {
        if (_isJson)
        {
            using Utf8JsonWriter json = new(buffer);
            json.WriteStartObject();
            json.WriteString("time", line.Time.UtcDateTime);
            json.WriteString("event", "fault");
            json.WriteString("request_id", line.RequestId);
            json.WriteString("error", line.Method);
            json.WriteString("message", fault);
            json.WriteEndObject();
            json.Flush();
        }
        else
        {
            EncodingExtensions.GetBytes(Encoding.UTF8, FormattableString.Invariant($"{line.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} fault {line.RequestId} {line.Method}: {fault}").AsSpan(), buffer);
        }
    }

    private sealed record Line(DateTimeOffset Time, string RequestId, string Method, string Route, int Status, double Milliseconds, string? Subject)
    {
        public string? Fault { get; init; }
    }
}

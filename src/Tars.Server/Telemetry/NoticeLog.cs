using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tars.Server.Telemetry;

/// <summary>
/// What parts of the server have to tell whoever runs it: one line each, JSON or text, beside the lines of requests. Only parts of T.A.R.S. are heard: what a library logs may hold what
/// clients sent.
/// </summary>
/// <param name="output">What gets the lines; written to by one thread at a time.</param>
/// <param name="isJson">Whether a line is a JSON object.</param>
/// <param name="least">What is told at least.</param>
/// <param name="time">The clock.</param>
public sealed class NoticeLog(TextWriter output, bool isJson, LogLevel least, TimeProvider time) : ILoggerProvider
{
    private const string Heard = "Tars.";

    private readonly Lock _lock = new();

    /// <summary>The level that a word of <c>telemetry.log_level</c> means; warnings are told in any case.</summary>
    public static LogLevel LevelOf(string word) => word switch
    {
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        _ => LogLevel.Warning,
    };

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Part(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer is somebody else's.
    }

    private void Write(LogLevel level, string part, string message, Exception? exception)
    {
        string word = level switch
        {
            LogLevel.Critical or LogLevel.Error => "ERROR",
            LogLevel.Warning => "WARNING",
            LogLevel.Information => "INFO",
            _ => "DEBUG",
        };
        string timestamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string line = isJson ? Json(timestamp, word, part, message, exception) : $"{timestamp} {word} {message.ReplaceLineEndings(" ")}{(exception is null ? string.Empty : $" ({exception.GetType().Name})")}";
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static string Json(string timestamp, string level, string part, string message, Exception? exception)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", timestamp);
            json.WriteString("level", level);
            json.WriteString("logger", part);
            json.WriteString("message", message);
            if (exception is not null)
            {
                json.WriteString("exception", exception.GetType().Name); // its words may hold anything
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private sealed class Part(NoticeLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.Least && logLevel != LogLevel.None && name.StartsWith(Heard, StringComparison.Ordinal);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, name, formatter(state, exception), exception);
            }
        }
    }

    private LogLevel Least => least;
}

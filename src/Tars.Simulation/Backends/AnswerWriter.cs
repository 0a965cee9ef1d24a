using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tars.Simulation.Backends;

/// <summary>Writes answers in the form of the Prometheus API, series by series as they are formatted.</summary>
internal static class AnswerWriter
{
    private const int FlushAt = 64 * 1024;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A success whose data <paramref name="write"/> writes.</summary>
    public static Task SuccessAsync(HttpResponse response, Action<Utf8JsonWriter> write) => JsonAsync(response, 200, json =>
    {
        json.WriteString("status", "success");
        json.WritePropertyName("data");
        write(json);
    });

    /// <summary>An error.</summary>
    public static Task ErrorAsync(HttpResponse response, ApiException error) => JsonAsync(response, error.Status, json =>
    {
        json.WriteString("status", "error");
        json.WriteString("errorType", error.ErrorType);
        json.WriteString("error", error.Message);
    });

    /// <summary>A scalar.</summary>
    public static Task ScalarAsync(HttpResponse response, long timeMs, double value) => SuccessAsync(response, json =>
    {
        json.WriteStartObject();
        json.WriteString("resultType", "scalar");
        json.WritePropertyName("result");
        json.WriteRawValue($"[{TimeText(timeMs)},\"{PrometheusNumber.Text(value)}\"]");
        json.WriteEndObject();
    });

    /// <summary>A vector or matrix: each series with its points. Series come sorted; those without points are to be left out.</summary>
    public static async Task SeriesAsync(HttpResponse response, bool matrix, IEnumerable<(SeriesLabels Labels, IEnumerable<(long TimeMs, double Value)> Points)> series, CancellationToken cancellationToken)
    {
        Begin(response, 200);
        PipeWriter writer = response.BodyWriter;
        Write(writer, matrix
            ? "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
            : "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[");
        bool first = true;
        foreach ((SeriesLabels labels, IEnumerable<(long TimeMs, double Value)> points) in series)
        {
            Write(writer, (first ? "{\"metric\":" : ",{\"metric\":") + LabelsText(labels) + (matrix ? ",\"values\":[" : ",\"value\":"));
            WritePoints(writer, points);
            Write(writer, matrix ? "]}" : "}");
            first = false;
            if (writer.UnflushedBytes > FlushAt)
            {
                await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        Write(writer, "]}}");
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes labels as an object.</summary>
    public static void WriteLabels(Utf8JsonWriter json, SeriesLabels labels)
    {
        json.WriteStartObject();
        foreach ((string name, string value) in labels.Pairs)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WritePoints(PipeWriter writer, IEnumerable<(long TimeMs, double Value)> points)
    {
        const int Room = (2 * PrometheusNumber.MostBytes) + 8;
        Span<byte> span = default;
        int used = 0;
        bool first = true;
        foreach ((long time, double value) in points)
        {
            if (span.Length - used < Room)
            {
                writer.Advance(used);
                span = writer.GetSpan(16 * 1024);
                used = 0;
            }

            if (!first)
            {
                span[used++] = (byte)',';
            }

            first = false;
            span[used++] = (byte)'[';
            used += PrometheusNumber.WriteTime(time, span[used..]);
            span[used++] = (byte)',';
            span[used++] = (byte)'"';
            used += PrometheusNumber.Write(value, span[used..]);
            span[used++] = (byte)'"';
            span[used++] = (byte)']';
        }

        writer.Advance(used);
    }

    private static async Task JsonAsync(HttpResponse response, int status, Action<Utf8JsonWriter> write)
    {
        Begin(response, status);
        Utf8JsonWriter json = new(response.BodyWriter, Relaxed);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
    }

    private static void Begin(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
    }

    private static string LabelsText(SeriesLabels labels)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, Relaxed))
        {
            WriteLabels(json, labels);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string TimeText(long timeMs)
    {
        Span<byte> bytes = stackalloc byte[PrometheusNumber.MostBytes];
        return Encoding.ASCII.GetString(bytes[..PrometheusNumber.WriteTime(timeMs, bytes)]);
    }

    private static void Write(PipeWriter writer, string text) => Encoding.UTF8.GetBytes(text, writer);
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tars.Client.Requests;

/// <summary>An answer whose body is read. Each byte that comes gives the next one its time again.</summary>
internal sealed class AnswerBody(HttpResponseMessage response, CancellationTokenSource limit, TimeSpan timeout)
{
    /// <summary>The longest body that is held in memory.</summary>
    private const int Longest = 64 << 20;

    /// <summary>Headers of the answer.</summary>
    public HttpResponseMessage Response => response;

    /// <summary>Reads it as a document.</summary>
    /// <exception cref="TarsIntegrityException">It is none of that form.</exception>
    public async Task<T> JsonAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] body = await BytesAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new TarsIntegrityException($"{response.RequestMessage?.RequestUri}: the answer is null");
        }
        catch (JsonException exception)
        {
            throw new TarsIntegrityException($"{response.RequestMessage?.RequestUri}: the answer is not of the form of the API: {exception.Message}", exception);
        }
    }

    /// <summary>Reads it whole.</summary>
    /// <exception cref="TarsIntegrityException">It is longer than anything that is expected.</exception>
    public async Task<byte[]> BytesAsync(CancellationToken cancellationToken)
    {
        using MemoryStream whole = new();
        await ReadAsync(
            (chunk, _) =>
            {
                whole.Write(chunk.Span);
                return whole.Length > Longest ? throw new TarsIntegrityException($"{response.RequestMessage?.RequestUri}: the answer has more than {Longest} bytes") : ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        return whole.ToArray();
    }

    /// <summary>Gives what comes to <paramref name="take"/>.</summary>
    /// <exception cref="LostAnswerException">It ended before its end.</exception>
    public async Task ReadAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 << 10];
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            while (true)
            {
                int read;
                try
                {
                    read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException)
                {
                    throw new LostAnswerException(exception); // what take throws is not of the network, and goes through
                }

                if (read == 0)
                {
                    return;
                }

                limit.CancelAfter(timeout);
                await take(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>An answer ended before its end.</summary>
#pragma warning disable CA1064 // it never leaves Sender
internal sealed class LostAnswerException(Exception inner) : Exception(inner.Message, inner);
#pragma warning restore CA1064

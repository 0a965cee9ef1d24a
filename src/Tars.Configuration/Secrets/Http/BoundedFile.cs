namespace Tars.Configuration.Secrets.Http;

/// <summary>Reads small files with credentials into memory that is zeroed.</summary>
internal static class BoundedFile
{
    private const int MaximumBytes = 1 << 20;

    /// <summary>Returns the file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">What names the file, such as <c>AWS_WEB_IDENTITY_TOKEN_FILE</c>.</param>
    /// <exception cref="SecretBackendException">It cannot be read, or is larger than 1 MiB.</exception>
    public static ClearedBuffer Read(string path, string source)
    {
        ClearedBuffer buffer = new();
        try
        {
            using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
            int read;
            while ((read = file.Read(buffer.GetSpan(4096))) > 0)
            {
                buffer.Advance(read);
                if (buffer.Length > MaximumBytes)
                {
                    throw SecretBackendException.Refused($"{path} ({source}) is larger than {MaximumBytes} bytes");
                }
            }

            (ClearedBuffer result, buffer) = (buffer, null!);
            return result;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw SecretBackendException.Refused($"{path} ({source}) cannot be read: {(exception is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : exception is UnauthorizedAccessException ? "no permission" : "it is no readable file")}");
        }
        finally
        {
            buffer?.Dispose();
        }
    }

    /// <summary>Returns the token that a file holds, without white space around it. It is read anew each time: tokens are rotated in place.</summary>
    /// <inheritdoc cref="Read"/>
    public static Secret ReadToken(string path, string source)
    {
        using ClearedBuffer buffer = Read(path, source);
        ReadOnlySpan<byte> token = buffer.Span.Trim(" \t\r\n"u8);
        return token.Length > 0 ? Secret.Of(token) : throw SecretBackendException.Refused($"{path} ({source}) is empty");
    }
}

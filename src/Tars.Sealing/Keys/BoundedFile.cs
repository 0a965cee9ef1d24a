namespace Tars.Sealing.Keys;

/// <summary>Reads small files from outside, up to a limit.</summary>
internal static class BoundedFile
{
    /// <summary>The whole content.</summary>
    /// <exception cref="KeyRingException">The file is not there, is longer, or cannot be read.</exception>
    internal static byte[] Read(string path, int limit)
    {
        using SecretBytes content = ReadSecret(path, limit);
        return content.Span.ToArray();
    }

    /// <summary>The whole content, in memory that is zeroed.</summary>
    /// <exception cref="KeyRingException">The file is not there, is longer, or cannot be read.</exception>
    internal static SecretBytes ReadSecret(string path, int limit)
    {
        try
        {
            using FileStream stream = new(path, new FileStreamOptions { BufferSize = 0 });
            SecretBytes content = new(limit + 1);
            int length = stream.ReadAtLeast(content.Span, content.Length, throwOnEndOfStream: false);
            if (length <= limit)
            {
                return content.Shorten(length);
            }

            content.Dispose();
            throw new KeyRingException($"{path}: the file is longer than {limit} bytes");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyRingException($"{path}: there is no such file", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new KeyRingException($"{path}: the file cannot be read", exception);
        }
    }
}

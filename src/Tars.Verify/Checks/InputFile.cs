namespace Tars.Verify.Checks;

/// <summary>Reads files from outside up to a limit.</summary>
internal static class InputFile
{
    /// <exception cref="IOException">It cannot be read, or is longer.</exception>
    internal static byte[] Read(string path, int limit)
    {
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        if (file.Length > limit)
        {
            throw new IOException($"{path}: the file has {file.Length} bytes; at most {limit} are read");
        }

        using MemoryStream content = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > limit)
            {
                throw new IOException($"{path}: the file grew beyond {limit} bytes while it was read");
            }
        }

        return content.ToArray();
    }
}

using Microsoft.Win32.SafeHandles;

namespace Tars.Sealing.Streams;

/// <summary>Reads from an offset until the buffer is full or the file ends: one call of the system may give less.</summary>
internal static class FileBytes
{
    /// <summary>The number of bytes read; less than the buffer's length only at the end of the file.</summary>
    internal static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int read = RandomAccess.Read(file, buffer[filled..], offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }
}

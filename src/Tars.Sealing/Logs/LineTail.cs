using System.Globalization;
using System.Text;

namespace Tars.Sealing.Logs;

/// <summary>What ends a file without a line feed.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sequence">The line that would stand there.</param>
/// <param name="IsTorn">Whether a crash can leave it: the beginning of that line, zeroes, or both.</param>
/// <param name="Found">What it is, in words.</param>
internal sealed record LineTail(string File, long Offset, long Length, long Sequence, bool IsTorn, string Found)
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>Looks at the end of a segment.</summary>
    internal static LineTail Of(LineBlock block, string path, string name, long sequence)
    {
        ReadOnlySpan<byte> rest = block.Rest;
        long length = rest.Length + block.Unread;
        int zero = rest.IndexOf((byte)0);
        ReadOnlySpan<byte> begun = zero < 0 ? rest : rest[..zero];
        bool isZeroed = zero >= 0 && !rest[zero..].ContainsAnyExcept((byte)0) && IsZero(path, block.RestOffset + rest.Length, block.Unread);
        string found = begun.Length == 0 && isZeroed ? $"{length} bytes of zero"
            : isZeroed ? $"{begun.Length} bytes of a line and {length - begun.Length} of zero"
            : zero >= 0 ? $"{length} bytes without a line feed, zeroes among them"
            : $"{length} bytes without a line feed";
        bool isBeginning = begun.Length < EventLine.MaximumBytes && (zero < 0 ? block.Unread == 0 : isZeroed) && IsBeginning(begun, sequence);
        return new LineTail(name, block.RestOffset, length, sequence, isBeginning, found);
    }

    /// <summary>Whether bytes can be the beginning of a line, or a whole one that lacks its line feed and nothing else.</summary>
    private static bool IsBeginning(ReadOnlySpan<byte> bytes, long sequence)
    {
        ReadOnlySpan<byte> head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"sequence\":{sequence},\"event_id\":\""));
        if (!(bytes.Length <= head.Length ? head.StartsWith(bytes) : bytes.StartsWith(head)))
        {
            return false;
        }

        int end = bytes.LastIndexOf(",\"current_hash\":\"sha256:"u8);
        int whole = end < 0 ? int.MaxValue : end + ",\"current_hash\":\"sha256:".Length + (2 * TreeHash.Length) + "\"}".Length;
        if (bytes.Length < whole)
        {
            return true;
        }

        // A crash leaves what was written: a line that is there to its last brace fits its hash, and nothing stands after it.
        byte[] prefixed = [0, .. bytes];
        return bytes.Length == whole && EventLine.TryRead(prefixed, out EventLine line, out _) && line.ActualHash == line.CurrentHash;
    }

    private static bool IsZero(string path, long offset, long length)
    {
        if (length == 0)
        {
            return true;
        }

        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        file.Position = offset;
        byte[] chunk = new byte[ChunkBytes];
        for (int read; (read = file.Read(chunk)) > 0;)
        {
            if (chunk.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }
}

using System.Security.Cryptography;
using System.Text;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>The files of a capture's directory.</summary>
internal static class CaptureLayout
{
    /// <summary>The manifest; it is written last and makes the capture complete.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>The digests of all other files, in the form that <c>sha256sum -c</c> reads.</summary>
    public const string Digests = "SHA256SUMS";

    /// <summary>The journal of a capture under way.</summary>
    public const string Journal = "capture.journal";

    /// <summary>Suffix of files that are being written.</summary>
    public const string Temporary = ".tmp";

    /// <summary>The name of a query's file: the same for the same text, so that a resumed capture finds it.</summary>
    public static string FileOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)) + ".parquet";

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    public static async Task<string> DigestAsync(string path, CancellationToken cancellationToken)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Writes a file whole or not at all: temporary file, flushed to the disk, renamed.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        using (FileStream stream = new(path + Temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + Temporary, path, overwrite: true);
    }

    /// <summary>A file or directory of a capture cannot be read or written.</summary>
    public static SeriesSourceException Failed(string path, Exception exception) =>
        new(SourceFailure.Backend, $"{path}: {exception.Message}", innerException: exception);

    /// <summary>A file of a capture is not what was written.</summary>
    public static SeriesSourceException Damaged(string path, string how, Exception? exception = null) => new(
        SourceFailure.Backend, $"{path}: {how}", hint: "the capture is damaged: restore it from a copy, or capture again into a new directory", innerException: exception);
}

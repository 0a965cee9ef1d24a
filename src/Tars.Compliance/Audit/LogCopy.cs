using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// A copy of a log as it was at one instant, while others append. Keys, notes and checkpoints are copied under the log's lock, and how long each segment is
/// is noted; then the lines up to there, which nothing changes any more. The index is left out: it is made anew from the lines.
/// </summary>
public static class LogCopy
{
    /// <summary>Copies a log into a folder that is not there or empty.</summary>
    /// <param name="log">The log's folder.</param>
    /// <param name="target">Where the copy lies afterwards.</param>
    /// <param name="cancellationToken">Ends it between two files.</param>
    /// <returns>How many bytes of lines were copied.</returns>
    /// <exception cref="AuditLogException">It is no log, it is frozen, or something cannot be read or written.</exception>
    public static async Task<long> WriteAsync(string log, string target, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(log);
        ArgumentException.ThrowIfNullOrEmpty(target);
        LogLayout from = new(Path.GetFullPath(log));
        LogLayout to = new(Path.GetFullPath(target));
        if (!File.Exists(from.Epoch(1)))
        {
            throw new AuditLogException(from.Root, "there is no audit log", "make one with `tars audit init`");
        }

        try
        {
            PrivateFiles.CreateDirectory(to.Root);
            Dictionary<long, long> segments = CopySmall(from, to);
            long bytes = 0;
            foreach ((long first, long length) in segments)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await CopyAsync(from.Segment(first), to.Segment(first), length, cancellationToken).ConfigureAwait(false);
                bytes += length;
            }

            DurableFile.FlushDirectory(to.Segments);
            DurableFile.FlushDirectory(to.Root);
            return bytes;
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
        {
            throw new AuditLogException(to.Root, $"the log cannot be copied: {exception.Message}", "what retention removes meanwhile cannot be copied: try again", inner: exception);
        }
    }

    private static Dictionary<long, long> CopySmall(LogLayout from, LogLayout to)
    {
        using LogLock held = new(from.Lock);
        held.Acquire();
        try
        {
            FrozenLog.Refuse(from);
            foreach ((string source, string destination) in new[]
            {
                (from.Epochs, to.Epochs), (from.Checkpoints, to.Checkpoints), (from.Removed, to.Removed), (from.Witnesses, to.Witnesses), (from.Torn, to.Torn),
            })
            {
                foreach (string file in Directory.Exists(source) ? Directory.EnumerateFiles(source) : [])
                {
                    Directory.CreateDirectory(destination);
                    PrivateFiles.Write(Path.Combine(destination, Path.GetFileName(file)), File.ReadAllBytes(file));
                }
            }

            foreach ((string source, string destination) in new[] { (from.PrivateKey, to.PrivateKey), (from.Checkpoint, to.Checkpoint) })
            {
                PrivateFiles.Write(destination, File.ReadAllBytes(source));
            }

            foreach (string folder in new[] { to.Segments, to.Checkpoints, to.Index })
            {
                Directory.CreateDirectory(folder);
            }

            return from.SegmentStarts().ToDictionary(first => first, first => new FileInfo(from.Segment(first)).Length);
        }
        finally
        {
            held.Release();
        }
    }

    private static async Task CopyAsync(string source, string destination, long length, CancellationToken cancellationToken)
    {
        using SafeFileHandle reading = File.OpenHandle(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        FileStreamOptions own = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            own.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream writing = new(destination, own);
        await using (writing.ConfigureAwait(false))
        {
            byte[] buffer = new byte[1 << 17];
            for (long at = 0; at < length;)
            {
                int read = await RandomAccess.ReadAsync(reading, buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - at)), at, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new IOException($"{source}: it became shorter while it was copied");
                }

                await writing.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                at += read;
            }

            RandomAccess.FlushToDisk(writing.SafeFileHandle);
        }
    }
}

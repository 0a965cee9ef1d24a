using System.Diagnostics.CodeAnalysis;

namespace Tars.Sealing.Logs;

/// <summary>Reads the small files of a log, up to a limit.</summary>
internal static class NoteFile
{
    /// <summary>Reads a note.</summary>
    /// <param name="path">The file, which is there.</param>
    /// <param name="note">The note; null when refused.</param>
    /// <param name="refusal">What is wrong with its form; null when nothing is.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static bool TryRead(string path, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? refusal)
    {
        note = null;
        byte[]? bytes = ReadBytes(path, SignedNote.MaximumBytes);
        refusal = bytes is null ? $"more than {SignedNote.MaximumBytes} bytes" : null;
        return bytes is not null && SignedNote.TryParse(bytes, out note, out refusal);
    }

    /// <summary>Reads a note that should hold a checkpoint.</summary>
    internal static CheckpointFile ReadCheckpoint(string path)
    {
        Checkpoint? checkpoint = null;
        bool isRead = TryRead(path, out SignedNote? note, out string? refusal) && Checkpoint.TryParse(note.Text, out checkpoint, out refusal);
        return new CheckpointFile(path, isRead ? note : null, checkpoint, refusal);
    }

    /// <summary>The whole content; null when it is longer.</summary>
    internal static byte[]? ReadBytes(string path, int limit)
    {
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        byte[] bytes = new byte[(int)Math.Min(limit + 1L, Math.Max(file.Length + 1, 4096))];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length > limit || (length == bytes.Length && length <= limit && file.ReadByte() >= 0) ? null : bytes[..length];
    }

    /// <summary>The files of a folder in the order of their names; none when it is not there.</summary>
    internal static IReadOnlyList<string> In(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];
}

/// <summary>A file that should hold a checkpoint.</summary>
/// <param name="Path">The file.</param>
/// <param name="Note">Its note; null when it is of another form.</param>
/// <param name="Checkpoint">What the note holds; null in the same case.</param>
/// <param name="Refusal">What is wrong with its form; null when nothing is.</param>
internal sealed record CheckpointFile(string Path, SignedNote? Note, Checkpoint? Checkpoint, string? Refusal);

using Tars.Application.Collecting;
using Tars.Sealing.Logs;

namespace Tars.Application.Checkpoints;

/// <summary>Reads the signed notes of a log: its epochs and its checkpoints.</summary>
public static class LogNotes
{
    /// <summary>A note; null when the file is not there or is none.</summary>
    public static SignedNote? TryRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            return null;
        }

        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        byte[] bytes = new byte[SignedNote.MaximumBytes + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return SignedNote.TryParse(bytes.AsSpan(0, length), out SignedNote? note, out _) ? note : null;
    }

    /// <summary>A checkpoint that a user named.</summary>
    /// <exception cref="RequestException">The file is not there, or holds none.</exception>
    public static (SignedNote Note, Checkpoint Checkpoint) ReadCheckpoint(string path) =>
        TryRead(path) is { } note && Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _)
            ? (note, checkpoint)
            : throw new RequestException($"{path}: it is not there, or is no signed checkpoint");

    /// <summary>An epoch of a log; null when it is not there or cannot be read.</summary>
    public static EpochNote? Epoch(LogLayout layout, int number) =>
        TryRead(Given(layout).Epoch(number)) is { } note && EpochNote.TryParse(note.Text, out EpochNote? epoch, out _) && epoch.Number == number ? epoch : null;

    /// <summary>The epochs that lie with a log, with their notes, from the first on without a gap.</summary>
    public static IEnumerable<(SignedNote Note, EpochNote Epoch)> Epochs(LogLayout layout)
    {
        for (int number = 1; TryRead(Given(layout).Epoch(number)) is { } note; number++)
        {
            if (!EpochNote.TryParse(note.Text, out EpochNote? epoch, out _) || epoch.Number != number)
            {
                yield break;
            }

            yield return (note, epoch);
        }
    }

    /// <summary>The epoch whose key signed a checkpoint; null when none that lies with the log has.</summary>
    public static EpochNote? SignerOf(LogLayout layout, SignedNote note, Checkpoint checkpoint) =>
        Epochs(layout).Select(one => one.Epoch).LastOrDefault(epoch => epoch.Origin == checkpoint.Origin && epoch.Size <= checkpoint.Size && epoch.NoteKey.Verify(note) == NoteVerdict.Verified);

    private static LogLayout Given(LogLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return layout;
    }
}

using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Compliance.Audit;

/// <summary>The files in which notes lie.</summary>
internal static class CheckpointFile
{
    private const UnixFileMode Readable = ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Reads a note; null when the file is not there.</summary>
    /// <exception cref="AuditLogException">It is no note.</exception>
    public static SignedNote? ReadNote(string path)
    {
        byte[] bytes;
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            bytes = new byte[SignedNote.MaximumBytes + 1];
            bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        return SignedNote.TryParse(bytes, out SignedNote? note, out string? refusal) ? note : throw FrozenLog.Damage(path, $"it is no signed note: {refusal}");
    }

    /// <summary>The newest checkpoint, signed by the epoch that it lies in.</summary>
    /// <param name="layout">The log.</param>
    /// <param name="epoch">The newest epoch.</param>
    /// <exception cref="AuditLogException">It is not there, is none, or is signed by another key.</exception>
    public static (SignedNote Signed, Checkpoint Checkpoint) ReadNewest(LogLayout layout, EpochNote epoch)
    {
        SignedNote signed = ReadNote(layout.Checkpoint)
            ?? throw FrozenLog.Damage(layout.Checkpoint, "the newest checkpoint is not there; every log has one from its first moment on");
        if (!Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint, out string? refusal))
        {
            throw FrozenLog.Damage(layout.Checkpoint, $"it is no checkpoint: {refusal}");
        }

        if (checkpoint.Origin != epoch.Origin)
        {
            throw FrozenLog.Damage(layout.Checkpoint, $"it is a checkpoint of {checkpoint.Origin}; this log is {epoch.Origin}");
        }

        for (EpochNote signer = epoch; ; signer = EpochKey.ReadNote(layout, signer.Number - 1).Epoch)
        {
            if (checkpoint.Size >= signer.Size && signer.NoteKey.Verify(signed) == NoteVerdict.Verified)
            {
                return (signed, checkpoint);
            }

            // While nothing was appended, epochs follow each other at one size: each of their keys may have signed it.
            if (checkpoint.Size > signer.Size || signer.Number == 1)
            {
                throw FrozenLog.Damage(layout.Checkpoint, "the log's key has not signed it");
            }
        }
    }

    /// <summary>Writes a note that everybody may read, durably, in place of what is there.</summary>
    public static void Write(string path, SignedNote note)
    {
        using ReplacementFile file = new(path, Readable);
        file.Stream.Write(note.ToBytes());
        file.Commit();
    }
}

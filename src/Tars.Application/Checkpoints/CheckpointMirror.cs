using System.Globalization;
using Tars.Application.Collecting;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Application.Checkpoints;

/// <summary>
/// A folder elsewhere with copies of a log's checkpoints and epochs, laid out as a log, one folder a log. A copy is made only where the log begins with
/// what the mirror holds already; else the mirror keeps what it has, which is the evidence.
/// </summary>
public static class CheckpointMirror
{
    private const UnixFileMode Readable = ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Copies the newest checkpoint.</summary>
    /// <param name="log">The log.</param>
    /// <param name="note">Its newest checkpoint.</param>
    /// <param name="folder">The mirror; made when it is not there.</param>
    /// <exception cref="NotProvenException">The log does not continue what the mirror holds.</exception>
    /// <exception cref="RequestException">The mirror is another log's.</exception>
    public static void Copy(LogLayout log, SignedNote note, string folder)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(note);
        LogLayout mirror = new(folder);
        _ = Checkpoint.TryParse(note.Text, out Checkpoint? newest, out _);
        if (File.Exists(mirror.Checkpoint) && !Continues(log, newest!, mirror))
        {
            return; // another process has copied a newer one meanwhile
        }

        Directory.CreateDirectory(mirror.Epochs);
        Directory.CreateDirectory(mirror.Checkpoints);
        foreach ((SignedNote epoch, EpochNote read) in LogNotes.Epochs(log))
        {
            if (!File.Exists(mirror.Epoch(read.Number)))
            {
                Write(mirror.Epoch(read.Number), epoch);
            }
            else if (LogNotes.TryRead(mirror.Epoch(read.Number))?.Text != epoch.Text)
            {
                throw new NotProvenException($"{mirror.Epoch(read.Number)}: the mirror holds another note of this epoch", "keep both: they show two histories of one log") { IsRefuted = LogNotes.TryRead(mirror.Epoch(read.Number)) is { } other && IsCertified(log, other, read.Number) };
            }
        }

        Write(mirror.CheckpointOf(newest!.Size), note);
        Write(mirror.Checkpoint, note);
    }

    /// <summary>Whether the log was appended to since the mirror's checkpoint, or not at all; else the mirror holds one that is newer, and of this log.</summary>
    private static bool Continues(LogLayout log, Checkpoint newest, LogLayout mirror)
    {
        (SignedNote oldNote, Checkpoint old) = LogNotes.ReadCheckpoint(mirror.Checkpoint);
        if (old.Origin != newest.Origin)
        {
            throw new RequestException($"{mirror.Checkpoint}: it is a checkpoint of {old.Origin}; this log is {newest.Origin}", "give each log a mirror of its own");
        }

        bool isSigned = LogNotes.SignerOf(log, oldNote, old) is not null;
        Checkpoint here = old.Size > newest.Size ? LogNotes.ReadCheckpoint(log.Checkpoint).Checkpoint : newest;
        if (!isSigned || old.Size > here.Size || new AuditQuery(log.Root).Tree().Root(old.Size) != old.Root)
        {
            throw new NotProvenException(
                string.Create(CultureInfo.InvariantCulture, $"{mirror.Checkpoint}: the log of {here.Size} lines does not begin with the {old.Size} lines that the mirror holds a checkpoint of"),
                $"`tars audit verify {log.Root} --mirror {mirror.Root}` says what is wrong; the mirror was left as it is")
            { IsRefuted = isSigned };
        }

        return old.Size <= newest.Size;
    }

    /// <summary>Whether the key before has certified another note as that of an epoch.</summary>
    private static bool IsCertified(LogLayout log, SignedNote other, int number) =>
        number > 1 && LogNotes.Epoch(log, number - 1) is { } before && before.NoteKey.Verify(other) == NoteVerdict.Verified;

    private static void Write(string path, SignedNote note)
    {
        using ReplacementFile file = new(path, Readable);
        file.Stream.Write(note.ToBytes());
        file.Commit();
    }
}

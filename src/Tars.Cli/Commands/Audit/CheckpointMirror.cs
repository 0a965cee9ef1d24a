using System.Globalization;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Audit;

/// <summary>
/// A folder elsewhere with copies of a log's checkpoints and epochs, laid out as a log, one folder a log. A copy is made only where the log begins with
/// what the mirror holds already; else the mirror keeps what it has, which is the evidence.
/// </summary>
internal static class CheckpointMirror
{
    private const UnixFileMode Readable = ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Copies the newest checkpoint.</summary>
    /// <exception cref="NotProvenException">The log does not continue what the mirror holds.</exception>
    public static void Copy(LogLayout log, SignedNote note, string folder)
    {
        LogLayout mirror = new(folder);
        _ = Checkpoint.TryParse(note.Text, out Checkpoint? newest, out _);
        if (File.Exists(mirror.Checkpoint))
        {
            Compare(log, newest!, mirror);
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
                throw new NotProvenException($"{mirror.Epoch(read.Number)}: the mirror holds another note of this epoch", "keep both: they show two histories of one log");
            }
        }

        Write(mirror.CheckpointOf(newest!.Size), note);
        Write(mirror.Checkpoint, note);
    }

    private static void Compare(LogLayout log, Checkpoint newest, LogLayout mirror)
    {
        (SignedNote oldNote, Checkpoint old) = LogNotes.ReadCheckpoint(mirror.Checkpoint);
        if (old.Origin != newest.Origin)
        {
            throw new UsageException($"{mirror.Checkpoint}: it is a checkpoint of {old.Origin}; this log is {newest.Origin}", "give each log a mirror of its own");
        }

        bool continues = LogNotes.SignerOf(log, oldNote, old) is not null && old.Size <= newest.Size && new AuditQuery(log.Root).Tree().Root(old.Size) == old.Root;
        if (!continues)
        {
            throw new NotProvenException(
                string.Create(CultureInfo.InvariantCulture, $"{mirror.Checkpoint}: the log of {newest.Size} lines does not begin with the {old.Size} lines that the mirror holds a checkpoint of"),
                $"`tars audit verify {log.Root} --mirror {mirror.Root}` says what is wrong; the mirror was left as it is");
        }
    }

    private static void Write(string path, SignedNote note)
    {
        using ReplacementFile file = new(path, Readable);
        file.Stream.Write(note.ToBytes());
        file.Commit();
    }
}

using System.Security.Cryptography;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Compliance.Witnessing;

/// <summary>
/// A witness of audit logs: cosigns a checkpoint only if the log was shown to begin with the last one that it cosigned, and remembers what it
/// cosigned before it says so. Two histories of one log never get its cosignature. Source: C2SP tlog-witness. Safe from several threads and processes.
/// </summary>
/// <remarks>
/// A log changes its key with each epoch. The witness is told a log's first key once; later keys it takes from the notes with which one epoch certifies
/// the next, sent by the log in their order (<see cref="AddEpoch"/>, which C2SP does not know).
/// </remarks>
public sealed class CheckpointWitness : IDisposable
{
    private readonly string _folder;
    private readonly NoteKey _name;
    private readonly ECDsa _key;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Watched> _logs;

    /// <summary>Opens a witness.</summary>
    /// <param name="folder">What it remembers. Made when it is not there. Never set it back: a witness that forgot could cosign a second history.</param>
    /// <param name="name">Its name and public key.</param>
    /// <param name="key">Its private key; stays the caller's.</param>
    /// <param name="logs">The logs that it watches: origin and first key.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AuditLogException">What it remembers of a log is damaged.</exception>
    public CheckpointWitness(string folder, NoteKey name, ECDsa key, IReadOnlyDictionary<string, PublicKey> logs, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(logs);
        ArgumentNullException.ThrowIfNull(time);
        (_folder, _name, _key, _time) = (Path.GetFullPath(folder), name, key, time);
        if (!Directory.Exists(_folder))
        {
            PrivateFiles.CreateDirectory(_folder);
        }

        foreach ((string origin, PublicKey first) in logs)
        {
            WitnessedLog.Read(_folder, origin, first); // damage is to be met now
        }

        _logs = logs.ToDictionary(log => log.Key, log => new Watched(log.Value, new LogLock(WitnessedLog.FileOf(_folder, log.Key) + ".lock")), StringComparer.Ordinal);
    }

    /// <summary>Whether a witness remembers a log, if only that it has cosigned nothing of it yet.</summary>
    /// <param name="folder">What the witness remembers.</param>
    /// <param name="origin">The log's name.</param>
    public static bool Knows(string folder, string origin)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return File.Exists(WitnessedLog.FileOf(Path.GetFullPath(folder), origin));
    }

    /// <summary>Remembers that a log is new to the witness: the first checkpoint that it is shown is trusted. A log that it knows stays as it is.</summary>
    /// <param name="folder">What the witness remembers. Made when it is not there.</param>
    /// <param name="origin">The log's name.</param>
    /// <param name="first">The log's first key.</param>
    public static void Begin(string folder, string origin, PublicKey first)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (!Knows(folder, origin))
        {
            if (!Directory.Exists(folder))
            {
                PrivateFiles.CreateDirectory(Path.GetFullPath(folder));
            }

            WitnessedLog.Read(Path.GetFullPath(folder), origin, first).Write(Path.GetFullPath(folder), first);
        }
    }

    /// <summary>The body of a request <c>add-checkpoint</c>.</summary>
    public WitnessAnswer AddCheckpoint(ReadOnlySpan<byte> body)
    {
        if (!ConsistencyProofFile.TryParse(body, out ConsistencyProofFile? request, out string? refusal) || !Checkpoint.TryParse(request.Checkpoint.Text, out Checkpoint? checkpoint, out refusal))
        {
            return new WitnessAnswer.Malformed(refusal);
        }

        return WithLog(checkpoint.Origin, (log, first) => Judge(log, first, request, checkpoint));
    }

    /// <summary>The body of a request <c>add-epoch</c>: the note with which an epoch's key certifies the next one.</summary>
    public WitnessAnswer AddEpoch(ReadOnlySpan<byte> body)
    {
        if (!SignedNote.TryParse(body, out SignedNote? note, out string? refusal) || !EpochNote.TryParse(note.Text, out EpochNote? epoch, out refusal))
        {
            return new WitnessAnswer.Malformed(refusal);
        }

        return WithLog(epoch.Origin, (log, first) => Judge(log, first, note, epoch));
    }

    /// <summary>Closes the files. The key stays the caller's.</summary>
    public void Dispose()
    {
        foreach (Watched log in _logs.Values)
        {
            log.Held.Dispose();
        }
    }

    private WitnessAnswer WithLog(string origin, Func<WitnessedLog, PublicKey, WitnessAnswer> judge)
    {
        if (!_logs.TryGetValue(origin, out Watched? watched))
        {
            return new WitnessAnswer.UnknownLog(origin);
        }

        lock (watched.Gate)
        {
            watched.Held.Acquire();
            try
            {
                return judge(WitnessedLog.Read(_folder, origin, watched.FirstKey), watched.FirstKey);
            }
            finally
            {
                watched.Held.Release();
            }
        }
    }

    private WitnessAnswer Judge(WitnessedLog log, PublicKey first, ConsistencyProofFile request, Checkpoint checkpoint)
    {
        if (!log.IsSigned(request.Checkpoint, checkpoint))
        {
            return new WitnessAnswer.NotSigned($"no key of {log.Origin} up to epoch {log.Epoch.Number} has signed it for that size", log.Epoch.Number);
        }

        if (request.OldSize > checkpoint.Size)
        {
            return new WitnessAnswer.Malformed($"the old size {request.OldSize} is larger than {checkpoint.Size}");
        }

        if (request.OldSize != log.Size || (log.Size == checkpoint.Size && log.Root != checkpoint.Root))
        {
            return new WitnessAnswer.Conflict(log.Size);
        }

        if (!MerkleProof.VerifyConsistency(log.Size, log.Root, checkpoint.Size, checkpoint.Root, request.Path))
        {
            return new WitnessAnswer.Inconsistent($"the log of {checkpoint.Size} lines does not begin with that of {log.Size}");
        }

        (log with { Size = checkpoint.Size, Root = checkpoint.Root }).Write(_folder, first);
        return new WitnessAnswer.Cosigned(_name.Cosign(request.Checkpoint.Text, _time.GetUtcNow(), _key).ToString());
    }

    private WitnessAnswer Judge(WitnessedLog log, PublicKey first, SignedNote note, EpochNote epoch)
    {
        if (epoch.Number == log.Epoch.Number && epoch.Key.KeyId == log.Epoch.Key.KeyId)
        {
            return new WitnessAnswer.EpochKnown();
        }

        if (epoch.Number != log.Epoch.Number + 1)
        {
            return new WitnessAnswer.EpochConflict(log.Epoch.Number);
        }

        if (!log.IsSignedByNewest(note))
        {
            return new WitnessAnswer.NotSigned($"the key of epoch {log.Epoch.Number} has not signed it", log.Epoch.Number);
        }

        if (epoch.Size < log.Epoch.Size || epoch.Size < log.Size || (epoch.Size == log.Size && epoch.Root != log.Root))
        {
            return new WitnessAnswer.Inconsistent($"the epoch begins at {epoch.Size} lines and does not continue the {log.Size} that were cosigned");
        }

        (log with { Epoch = new WitnessedEpoch(epoch.Number, epoch.Size, epoch.Key), Before = log.Epoch }).Write(_folder, first);
        return new WitnessAnswer.EpochKnown();
    }

    private sealed record Watched(PublicKey FirstKey, LogLock Held)
    {
        public Lock Gate { get; } = new();
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tars.Sealing.Logs;

/// <summary>The keys of a log, each certified by the one before; the first one is known from elsewhere.</summary>
internal sealed class EpochChain
{
    private readonly List<EpochNote> _epochs = [];
    private readonly List<NoteKey> _keys = [];
    private readonly List<RootClaim> _claims = [];

    private EpochChain()
    {
    }

    /// <summary>The epochs whose keys are believed, from 1.</summary>
    internal IReadOnlyList<EpochNote> Epochs => _epochs;

    /// <summary>How many of them lie with the log.</summary>
    internal int Own { get; private set; }

    /// <summary>Whether every note that lies with the log was believed: else a key that is not known may be that of one that was not.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>What the notes say of the tree.</summary>
    internal IReadOnlyList<RootClaim> Claims => _claims;

    /// <summary>The log's name; null when no epoch is believed.</summary>
    internal string? Origin => _epochs.Count > 0 ? _epochs[0].Origin : null;

    /// <summary>Reads the chain of a log as far as it holds.</summary>
    internal static EpochChain Read(LogLayout layout, string firstKeyId, FindingList findings)
    {
        EpochChain chain = new();
        IReadOnlyList<string> names = [.. NoteFile.In(layout.Epochs).Select(path => Path.GetFileName(path))];
        int last = names.Select(NumberOf).DefaultIfEmpty(0).Max();
        chain.IsComplete = last > 0;
        for (int number = 1; number <= Math.Max(last, 1) && (chain.IsComplete || number == 1); number++)
        {
            string path = layout.Epoch(number);
            string name = $"epochs/{Path.GetFileName(path)}";
            LogFinding? finding = !File.Exists(path)
                ? new LogFinding(LogFindingKind.Missing, name, null, null, $"the note of epoch {number}", last == 0 ? "no epoch: the log's identity is not there" : $"epochs up to {last} without it")
                : chain.TryAdd(path, name, number, firstKeyId, ClaimSource.Own);
            if (finding is not null)
            {
                findings.Add(finding);
                chain.IsComplete = false;
            }
        }

        chain.Own = chain._epochs.Count;
        return chain;
    }

    /// <summary>Compares with the epochs of a mirror, and takes those that the log itself has not.</summary>
    internal void Extend(LogLayout mirror, FindingList findings)
    {
        for (int number = 1; File.Exists(mirror.Epoch(number)); number++)
        {
            string path = mirror.Epoch(number);
            if (number <= _epochs.Count)
            {
                // Whoever certified two keys for one epoch has two histories.
                if (NoteFile.TryRead(path, out SignedNote? note, out _) && EpochNote.TryParse(note.Text, out EpochNote? epoch, out _) && epoch != _epochs[number - 1]
                    && epoch.Origin == Origin && number > 1 && _keys[number - 2].Verify(note) == NoteVerdict.Verified)
                {
                    findings.Add(new LogFinding(LogFindingKind.Forked, path, null, epoch.Size, $"epoch {number} with key {_epochs[number - 1].Key.KeyId}", $"epoch {number} with key {epoch.Key.KeyId}, certified as well"));
                }
            }
            else if (number == _epochs.Count + 1 && number > 1 && IsComplete && TryAdd(path, path, number, string.Empty, ClaimSource.Mirror) is null)
            {
                findings.Add(new LogFinding(LogFindingKind.RolledBack, $"epochs/{Path.GetFileName(path)}", null, _epochs[^1].Size, $"epoch {number}, as in {path}", $"{Own} epochs"));
            }
        }
    }

    /// <summary>What the log's keys say of a note, and which one.</summary>
    internal NoteVerdict Verify(SignedNote note, out EpochNote? signer)
    {
        NoteVerdict verdict = NoteVerdict.Unsigned;
        signer = null;
        HashSet<uint> ids = [.. note.Signatures.Where(line => line.Name == Origin).Select(line => line.KeyId)];
        for (int i = _keys.Count - 1; i >= 0; i--)
        {
            if (ids.Contains(_keys[i].KeyId) && _keys[i].Verify(note) is not NoteVerdict.Unsigned and var one)
            {
                (verdict, signer) = (one, _epochs[i]);
                break;
            }
        }

        return verdict;
    }

    /// <summary>Whether a size lies in an epoch, both ends included.</summary>
    internal bool MaySign(EpochNote epoch, long size) =>
        size >= epoch.Size && (epoch.Number == _epochs.Count || size <= _epochs[epoch.Number].Size);

    private static int NumberOf(string name) =>
        name.Length == "000001.note".Length && name.EndsWith(".note", StringComparison.Ordinal) && int.TryParse(name.AsSpan(0, 6), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private LogFinding? TryAdd(string path, string name, int number, string firstKeyId, ClaimSource source)
    {
        if (!TryReadNote(path, out SignedNote? note, out EpochNote? epoch, out string? refusal))
        {
            return Of(LogFindingKind.Malformed, "the note of an epoch", refusal);
        }

        EpochNote? before = _epochs.Count > 0 ? _epochs[^1] : null;
        NoteKey signer = before is null ? epoch.NoteKey : _keys[^1];
        LogFinding? finding = before is null && epoch.Key.KeyId != firstKeyId ? Of(LogFindingKind.WrongKey, $"key {firstKeyId}", $"key {epoch.Key.KeyId}")
            : before is not null && epoch.Origin != before.Origin ? Of(LogFindingKind.Spliced, $"an epoch of {before.Origin}", $"one of {epoch.Origin}")
            : signer.Verify(note) != NoteVerdict.Verified ? Of(LogFindingKind.WrongKey, $"a signature of key {signer.Key.KeyId}", "none that holds")
            : epoch.Number != number || (before is null && (epoch.Size > 0 || epoch.Root != TreeHash.Empty)) || (before is not null && epoch.Continues is not null)
                ? Of(LogFindingKind.Malformed, number == 1 ? "epoch 1 with size 0" : $"epoch {number}", $"epoch {epoch.Number} with size {epoch.Size}{(epoch.Continues is null ? string.Empty : ", which continues another log")}")
            : before is not null && epoch.Size < before.Size ? Of(LogFindingKind.Malformed, $"size {before.Size} or more, as the epoch before", $"size {epoch.Size}")
            : before is not null && epoch.Begins < before.Begins ? Of(LogFindingKind.Backdated, $"a beginning not before {before.Begins.UtcDateTime:s}Z, that of the epoch before", $"{epoch.Begins.UtcDateTime:s}Z")
            : null;
        if (finding is null)
        {
            _epochs.Add(epoch);
            _keys.Add(epoch.NoteKey);
            _claims.Add(new RootClaim(epoch.Size, epoch.Root, name, source, IsWithLog: source == ClaimSource.Own) { IsEpoch = true, Signer = Math.Max(number - 1, 1) });
        }

        return finding;

        LogFinding Of(LogFindingKind kind, string expected, string found) => new(kind, name, null, null, expected, found);
    }

    private static bool TryReadNote(string path, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(true)] out EpochNote? epoch, [NotNullWhen(false)] out string? refusal)
    {
        epoch = null;
        return NoteFile.TryRead(path, out note, out refusal) && EpochNote.TryParse(note.Text, out epoch, out refusal);
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Tests.Logs;

/// <summary>What a line says, without its place and hashes.</summary>
internal sealed record ModelEvent(string Id, DateTimeOffset Time, string Type, string Members);

/// <summary>An epoch of a log in memory.</summary>
internal sealed record ModelEpoch(ECDsa Key, PublicKey Public, long Size, DateTimeOffset Begins);

/// <summary>
/// A log in memory, written to a folder from docs/formats/audit-log.md alone: lines are put together as text, the tree is the recursion of RFC 6962
/// section 2.1. Attackers in tests change it and write it again with what they hold.
/// </summary>
internal sealed class LogModel
{
    internal const string Origin = "audit.example.org/tars/7d1f";
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Random _random;
    private readonly int _dataLength;
    private readonly List<byte[]> _lines = [];
    private readonly List<byte[]> _leaves = [];

    internal LogModel(int seed, string origin = Origin, ContinuedLog? continues = null, byte[]? previous = null, int dataLength = 60)
    {
        (_random, Name, Continues, Previous, _dataLength) = (new Random(seed), origin, continues, previous ?? new byte[32], dataLength);
        Clock = Begin;
        BeginEpoch();
    }

    internal string Name { get; }

    internal ContinuedLog? Continues { get; }

    internal byte[] Previous { get; }

    internal DateTimeOffset Clock { get; set; }

    internal List<ModelEvent> Events { get; } = [];

    internal List<long> Segments { get; } = [0];

    internal List<ModelEpoch> Epochs { get; } = [];

    /// <summary>The sizes of kept checkpoints and the epoch that signs each, from 0.</summary>
    internal SortedDictionary<long, int> Kept { get; } = [];

    internal string FirstKeyId => Epochs[0].Public.KeyId;

    internal int Size => _lines.Count;

    internal IReadOnlyList<byte[]> Lines => _lines;

    internal IReadOnlyList<byte[]> Leaves => _leaves;

    internal byte[] LastHash => _leaves.Count > 0 ? _leaves[^1] : Previous;

    /// <summary>Appends events, one a second.</summary>
    internal LogModel Append(int count, string type = "run.intent")
    {
        for (int i = 0; i < count; i++)
        {
            Clock += TimeSpan.FromSeconds(1);
            Events.Add(NewEvent(type, Clock));
        }

        Chain(_lines.Count);
        return this;
    }

    internal LogModel AppendData(string type, string data)
    {
        Clock += TimeSpan.FromSeconds(1);
        Events.Add(NewEvent(type, Clock) with { Members = $",\"outcome\":\"success\",\"data\":{data}" });
        Chain(_lines.Count);
        return this;
    }

    /// <summary>An event at a time, with an id that sorts by it.</summary>
    internal ModelEvent NewEvent(string type, DateTimeOffset time)
    {
        string id = Guid.CreateVersion7(time).ToString();
        string data = Convert.ToHexStringLower(RandomBytes(_dataLength / 2));
        return new ModelEvent(id, time, type, $",\"resource\":\"kpi/weekly\",\"outcome\":\"success\",\"data\":{{\"digest\":\"{data}\"}}");
    }

    /// <summary>Chains the events from one on again.</summary>
    internal void Chain(int from)
    {
        _lines.RemoveRange(from, _lines.Count - from);
        _leaves.RemoveRange(from, _leaves.Count - from);
        for (int i = from; i < Events.Count; i++)
        {
            _lines.Add(Line(i, Events[i], LastHash, out byte[] leaf));
            _leaves.Add(leaf);
        }
    }

    /// <summary>A line with its line feed, by the words of the format.</summary>
    internal static byte[] Line(long sequence, ModelEvent says, byte[] previous, out byte[] leaf)
    {
        string time = says.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        string entry = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"sequence\":{sequence},\"event_id\":\"{says.Id}\",\"timestamp\":\"{time}\",\"event_type\":\"{says.Type}\"{says.Members},\"previous_hash\":\"sha256:{Convert.ToHexStringLower(previous)}\"}}");
        leaf = SHA256.HashData([0, .. Utf8.GetBytes(entry)]);
        return Utf8.GetBytes($"{entry[..^1]},\"current_hash\":\"sha256:{Convert.ToHexStringLower(leaf)}\"}}\n");
    }

    internal LogModel EndSegment()
    {
        Assert.Equal(0, Size % LogLayout.BlockLines);
        Kept[Size] = Epochs.Count - 1;
        Segments.Add(Size);
        return this;
    }

    internal LogModel EndEpoch()
    {
        Kept[Size] = Epochs.Count - 1;
        BeginEpoch();
        return this;
    }

    /// <summary>Where a line begins in its segment, and the segment.</summary>
    internal (string File, long Offset) PlaceOf(long sequence)
    {
        long first = Segments.Last(start => start <= sequence);
        return ($"segments/{first:D20}.jsonl", _lines.Skip((int)first).Take((int)(sequence - first)).Sum(line => (long)line.Length));
    }

    /// <summary>MTH of RFC 6962 section 2.1 over the first lines.</summary>
    internal byte[] Root(long size) => Root(_leaves, 0, (int)size);

    internal Checkpoint CheckpointOf(long size) => new(Name, size, new TreeHash(Root(size)));

    /// <summary>A checkpoint signed by an epoch, from 0; the last one unless said.</summary>
    internal SignedNote Note(long size, int? epoch = null)
    {
        ModelEpoch signer = Epochs[epoch ?? Epochs.Count - 1];
        string text = CheckpointOf(size).ToString();
        return new SignedNote(text, [new NoteKey(Name, signer.Public).Sign(text, signer.Key)]);
    }

    internal byte[] EpochNoteOf(int index)
    {
        ModelEpoch epoch = Epochs[index];
        EpochNote note = new(Name, index + 1, epoch.Begins, epoch.Size, new TreeHash(Root(epoch.Size)), epoch.Public, index == 0 ? Continues : null);
        ModelEpoch signer = Epochs[Math.Max(index - 1, 0)];
        return new SignedNote(note.ToString(), [new NoteKey(Name, signer.Public).Sign(note.ToString(), signer.Key)]).ToBytes();
    }

    /// <summary>Writes the log; its newest checkpoint has a size of its own.</summary>
    internal void Save(string folder, long? checkpoint = null)
    {
        LogLayout layout = new(folder);
        foreach (string one in new[] { layout.Segments, layout.Epochs, layout.Checkpoints })
        {
            Directory.CreateDirectory(one);
        }

        SaveSegments(folder);
        for (int i = 0; i < Epochs.Count; i++)
        {
            File.WriteAllBytes(layout.Epoch(i + 1), EpochNoteOf(i));
        }

        foreach ((long size, int epoch) in Kept.Where(one => one.Key <= Size))
        {
            File.WriteAllBytes(layout.CheckpointOf(size), Note(size, epoch).ToBytes());
        }

        File.WriteAllBytes(layout.Checkpoint, Note(checkpoint ?? Size).ToBytes());
    }

    internal void SaveSegments(string folder)
    {
        for (int i = 0; i < Segments.Count; i++)
        {
            long end = i + 1 < Segments.Count ? Segments[i + 1] : Size;
            File.WriteAllBytes(new LogLayout(folder).Segment(Segments[i]), [.. _lines.Skip((int)Segments[i]).Take((int)(end - Segments[i])).SelectMany(line => line)]);
        }
    }

    /// <summary>What stands for a segment that is gone, and what its event says.</summary>
    internal string RemovalOf(int segment)
    {
        long first = Segments[segment], end = Segments[segment + 1];
        byte[] file = [.. _lines.Skip((int)first).Take((int)(end - first)).SelectMany(line => line)];
        List<string> hashes = [];
        for (long low = first, length; low < end; low += length)
        {
            for (length = 1; low % (2 * length) == 0 && low + (2 * length) <= end; length *= 2)
            {
            }

            hashes.Add($"\"{Convert.ToHexStringLower(Root(_leaves, (int)low, (int)(low + length)))}\"");
        }

        string Time(long line) => Events[(int)line].Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return $"{{\"first\":{first},\"end\":{end},\"hashes\":[{string.Join(',', hashes)}],\"last_hash\":\"sha256:{Convert.ToHexStringLower(_leaves[(int)end - 1])}\",\"from\":\"{Time(first)}\",\"to\":\"{Time(end - 1)}\",\"segment_sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(file))}\"}}";
    }

    internal static void RemoveSegment(string folder, long first, string removal)
    {
        LogLayout layout = new(folder);
        Directory.CreateDirectory(layout.Removed);
        File.WriteAllText(layout.RemovedSegment(first), removal);
        File.Delete(layout.Segment(first));
    }

    private static byte[] Root(IReadOnlyList<byte[]> leaves, int low, int high)
    {
        if (high - low < 2)
        {
            return high == low ? SHA256.HashData([]) : leaves[low];
        }

        int left = 1;
        while (left * 2 < high - low)
        {
            left *= 2;
        }

        return SHA256.HashData([1, .. Root(leaves, low, low + left), .. Root(leaves, low + left, high)]);
    }

    private void BeginEpoch()
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(PublicKey.TryRead(key.ExportSubjectPublicKeyInfo(), out PublicKey? read, out _));
        Epochs.Add(new ModelEpoch(key, read, Size, Clock.AddTicks(-(Clock.Ticks % TimeSpan.TicksPerSecond))));
    }

    private byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}

/// <summary>A witness with what it holds.</summary>
internal sealed class ModelWitness(string name, string folder)
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal string Name => name;

    internal string Folder => folder;

    internal NoteKey Key => PublicKey.TryRead(_key.ExportSubjectPublicKeyInfo(), out PublicKey? read, out _) ? new NoteKey(name, read) : throw new InvalidOperationException("no key");

    internal LogWitness Trusted => new(Key, folder);

    /// <summary>Cosigns a checkpoint and keeps it, here and, when asked, with the log.</summary>
    internal void Cosign(SignedNote note, DateTimeOffset time, string? log = null)
    {
        SignedNote cosigned = note with { Signatures = [.. note.Signatures, Key.Cosign(note.Text, time, _key)] };
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, $"{note.Text.Split('\n')[1]}.note"), cosigned.ToBytes());
        if (log is not null)
        {
            Directory.CreateDirectory(new LogLayout(log).Witnesses);
            File.WriteAllBytes(new LogLayout(log).Witness(Path.GetFileName(name)), cosigned.ToBytes());
        }
    }
}

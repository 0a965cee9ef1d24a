using Tars.Sealing.Logs;

namespace Tars.Sealing.Tests.Logs;

/// <summary>What a verifier has to say of a damaged log.</summary>
internal enum Label
{
    Whole,
    Torn,
    Tampered,
}

/// <summary>One damage and what has to be named: the place of the first line concerned. A range may be named that holds it.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Label">The verdict.</param>
/// <param name="Sequence">The line.</param>
/// <param name="Offset">Where it begins; null when the file as a whole is meant.</param>
/// <param name="IsRange">Whether a range of lines is named that begins before.</param>
internal sealed record Damage(string Name, Label Label, long Sequence, long? Offset, bool IsRange = false);

/// <summary>
/// Makes damaged copies of a log of 600 lines, three segments and three epochs, whose newest checkpoint covers 580: what a crash leaves after line 580 on the
/// one hand, what no crash does on the other. Nobody else holds anything of the log.
/// </summary>
internal sealed class DamagedLogs(LogModel model, LogModel other, Random random)
{
    internal const int Covered = 580;
    private const int LastSegment = 512;
    private const int Sector = 512;

    private readonly int _size = model.Size;
    private string _file = string.Empty;

    /// <summary>Damages the log in a folder.</summary>
    /// <param name="layout">A whole copy.</param>
    /// <param name="kind">Which damage, from 0; any number.</param>
    internal Damage Do(LogLayout layout, int kind) => (kind % 31) switch
    {
        0 => Torn("cut in a line", layout, Newer(), (file, at, line) => file[..(at + random.Next(1, line))]),
        1 => Torn("zeroes after the last line", layout, _size, (file, _, _) => [.. file, .. new byte[random.Next(1, 10_000)]]),
        2 => Torn("the beginning of a line", layout, _size, (file, _, _) => [.. file, .. Beginning()]),
        3 => Torn("the beginning of a line, then zeroes", layout, _size, (file, _, _) => [.. file, .. Beginning(), .. new byte[random.Next(1, 5_000)]]),
        4 => Torn("zeroes from inside a line on", layout, Newer(), (file, at, line) => Zero(file, at + random.Next(1, line), file.Length)),
        5 => Torn("zeroes from a line on", layout, Newer(), (file, at, _) => Zero(file, at, file.Length)),
        6 => Torn("a whole line without its line feed", layout, Newer(), (file, at, line) => file[..(at + line)]),
        7 => Clean(layout, Newer()),
        8 or 9 => Line("a bit flipped", layout, random.Next(_size), (file, at, line) => Attack.Flip(file, at + random.Next(line), random.Next(8))),
        10 => Line("bytes of a line zeroed", layout, random.Next(_size), (file, at, line) => Zero(file, at + 5, at + random.Next(6, line))),
        11 => Line("a line removed", layout, Inside(), (file, at, line) => [.. file[..at], .. file[(at + line + 1)..]]),
        12 => After("a line twice", layout, Inside(), (file, at, line) => [.. file[..(at + line + 1)], .. file[at..]]),
        13 => Line("a line inserted", layout, Inside(), (file, at, _) => [.. file[..at], .. Forged(), .. file[at..]]),
        14 => Line("two lines exchanged", layout, Inside(), Exchange),
        15 => Copied("a later line copied before another", layout, Inside(), line => line + 2 + random.Next(3)),
        16 => Line("a line written anew", layout, Inside(), (file, at, line) => [.. file[..at], .. Rewritten(), .. file[(at + line + 1)..]]),
        17 => Line("twenty lines of another log", layout, 1 + random.Next(200), (file, at, _) => [.. file[..at], .. other.Lines.Skip((int)_sequence).Take(20).SelectMany(one => one), .. file[(int)Place(_sequence + 20)..]]),
        18 => Line("cut below the checkpoint", layout, LastSegment + 1 + random.Next(Covered - LastSegment - 1), (file, at, line) => file[..(at + random.Next(line))]),
        19 => Line("zeroed below the checkpoint", layout, LastSegment + 1 + random.Next(Covered - LastSegment - 1), (file, at, line) => Zero(file, at + random.Next(line), file.Length)),
        20 => Line("a segment cut that another one follows", layout, 1 + random.Next(254), (file, at, line) => file[..(at + random.Next(1, line))]),
        21 => Line("bytes that begin no line", layout, _size, (file, _, _) => [.. file, .. "{\"sequence\":7,\"ev"u8]),
        22 => Copied("an old line at the end", layout, _size, _ => random.Next(_size - 1)),
        23 => Line("a hole before the last lines", layout, Newer(_size - 2), (file, at, line) => Zero(file, at, at + line + ((at + line + 1) % Sector == 0 ? 0 : 1))),
        24 => Chained(layout),
        25 => Sectors(layout, isWhole: true),
        26 => Sectors(layout, isWhole: false),
        27 => Line("a line without its line feed, after another line", layout, _size, (file, _, _) => [.. file, .. Next(new byte[32])[..^1]]),
        28 => Line("a line's beginning up to another hash before it", layout, _size, (file, _, _) => [.. file, .. Next(new byte[32])[..^95]]),
        29 => Line("the beginning of a line, then other bytes", layout, _size, (file, _, _) => [.. file, .. Next(model.LastHash)[..(40 + random.Next(60))], .. "}{ no line"u8]),
        _ => Line("a line's beginning with a zero in it and text behind", layout, _size, (file, _, _) => [.. file, .. Next(model.LastHash)[..60], 0, .. "\"}"u8]),
    };

    private long _sequence;

    private int Newer(int end = int.MaxValue) => random.Next(Covered, Math.Min(end, _size));

    /// <summary>A line that is neither the last ones of its segment nor the log's first.</summary>
    private int Inside()
    {
        int line;
        do
        {
            line = 1 + random.Next(_size - 8);
        }
        while (line % LogLayout.BlockLines > LogLayout.BlockLines - 8);
        return line;
    }

    private long Place(long sequence) => model.PlaceOf(sequence).Offset;

    private Damage Torn(string name, LogLayout layout, int sequence, Func<byte[], int, int, byte[]> edit) => Edit(name, Label.Torn, layout, sequence, edit);

    private Damage Line(string name, LogLayout layout, int sequence, Func<byte[], int, int, byte[]> edit) => Edit(name, Label.Tampered, layout, sequence, edit);

    /// <summary>A line stands at another one's place: the number that it bears is to be named.</summary>
    private Damage Copied(string name, LogLayout layout, int place, Func<int, int> choose)
    {
        int line = choose(place);
        return Edit(name, Label.Tampered, layout, place, (file, at, _) => [.. file[..at], .. model.Lines[line], .. file[at..]]) with { Sequence = line };
    }

    /// <summary>What is wrong stands after the line.</summary>
    private Damage After(string name, LogLayout layout, int sequence, Func<byte[], int, int, byte[]> edit) =>
        Edit(name, Label.Tampered, layout, sequence, edit) with { Offset = Place(sequence + 1) };

    private Damage Clean(LogLayout layout, int sequence) => Edit("cut between two lines", Label.Whole, layout, sequence, (file, at, _) => file[..at]);

    private Damage Edit(string name, Label label, LogLayout layout, int sequence, Func<byte[], int, int, byte[]> edit)
    {
        _sequence = sequence;
        (_file, long at) = sequence < _size ? model.PlaceOf(sequence) : (model.PlaceOf(_size - 1).File, Place(_size - 1) + model.Lines[_size - 1].Length);
        string path = Path.Combine(layout.Root, _file);
        int line = sequence < _size ? model.Lines[sequence].Length - 1 : 0;
        File.WriteAllBytes(path, edit(File.ReadAllBytes(path), (int)at, line));
        return new Damage(name, label, sequence, at);
    }

    /// <summary>Sectors behind line 580 that did not reach the disk: the first whole line is lost with the first of them.</summary>
    /// <param name="layout">A whole copy.</param>
    /// <param name="isWhole">Whether they are zero as a whole, as a disk leaves them; else a byte less.</param>
    private Damage Sectors(LogLayout layout, bool isWhole)
    {
        (_file, long newer) = model.PlaceOf(Covered);
        string path = Path.Combine(layout.Root, _file);
        byte[] file = File.ReadAllBytes(path);
        int first = (int)(newer / Sector) + 1 + random.Next(4);
        int count = 1 + random.Next(3);
        file.AsSpan(first * Sector, (count * Sector) - (isWhole ? 0 : 1)).Clear();
        for (int sector = first + count + 1; sector < (file.Length / Sector) - 1; sector += 1 + random.Next(4))
        {
            file.AsSpan(sector * Sector, Sector).Clear();
        }

        File.WriteAllBytes(path, file);
        int line = Enumerable.Range(Covered, _size - Covered).Last(one => Place(one) <= first * Sector);
        return new Damage(isWhole ? "sectors that never arrived" : "sectors, one of them but for a byte", isWhole ? Label.Torn : Label.Tampered, line, Place(line));
    }

    private byte[] Next(byte[] previous) => LogModel.Line(_size, model.NewEvent("run.intent", model.Clock.AddSeconds(1)), previous, out _);

    /// <summary>All lines from one on are changed and chained again; no key is at hand to sign what comes out.</summary>
    private Damage Chained(LogLayout layout)
    {
        int sequence = random.Next(Covered);
        LogModel changed = new(0, previous: model.Previous);
        changed.Events.AddRange(model.Events);
        changed.Events[sequence] = changed.Events[sequence] with { Members = ",\"outcome\":\"denied\"" };
        changed.Segments.AddRange(model.Segments.Skip(1));
        changed.Chain(0);
        changed.SaveSegments(layout.Root);
        return new Damage("chained again without the key", Label.Tampered, sequence, null, IsRange: true);
    }

    private byte[] Beginning()
    {
        byte[] line = LogModel.Line(_size, model.NewEvent("run.intent", model.Clock.AddSeconds(1)), model.LastHash, out _);
        return line[..random.Next(1, line.Length)];
    }

    private byte[] Forged() => LogModel.Line(_sequence, model.NewEvent("access.granted", model.Events[(int)_sequence - 1].Time.AddMilliseconds(1)), model.Leaves[(int)_sequence - 1], out _);

    private byte[] Rewritten() => LogModel.Line(_sequence, model.Events[(int)_sequence] with { Members = ",\"outcome\":\"denied\"" }, model.Leaves[(int)_sequence - 1], out _);

    private byte[] Exchange(byte[] file, int at, int line)
    {
        byte[] next = model.Lines[(int)_sequence + 1];
        return [.. file[..at], .. next, .. file[at..(at + line + 1)], .. file[(at + line + 1 + next.Length)..]];
    }

    private static byte[] Zero(byte[] file, int from, int to)
    {
        file.AsSpan(from, to - from).Clear();
        return file;
    }
}

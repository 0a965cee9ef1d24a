using System.Globalization;

namespace Tars.Sealing.Logs;

/// <summary>Where things lie in the folder of a log, as docs/formats/audit-log.md says.</summary>
/// <param name="Root">The log's folder.</param>
public sealed record LogLayout(string Root)
{
    /// <summary>Lines of a block: segments begin at multiples of it, and indexes are kept by it.</summary>
    public const int BlockLines = 256;

    private const string SegmentSuffix = ".jsonl";
    private const string NoteSuffix = ".note";
    private const string RemovedSuffix = ".json";
    private const int SequenceDigits = 20;

    /// <summary>The lines.</summary>
    public string Segments => Path.Combine(Root, "segments");

    /// <summary>The keys of the epochs.</summary>
    public string Epochs => Path.Combine(Root, "epochs");

    /// <summary>The newest checkpoint.</summary>
    public string Checkpoint => Path.Combine(Root, "checkpoint");

    /// <summary>Checkpoints at the ends of segments and epochs.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>What stands for removed segments.</summary>
    public string Removed => Path.Combine(Root, "removed");

    /// <summary>Checkpoints with the cosignature of one witness each.</summary>
    public string Witnesses => Path.Combine(Root, "witnesses");

    /// <summary>What recovery moved aside.</summary>
    public string Torn => Path.Combine(Root, "torn");

    /// <summary>Derived from the lines.</summary>
    public string Index => Path.Combine(Root, "index");

    /// <summary>The private key of the current epoch.</summary>
    public string PrivateKey => Path.Combine(Root, "key.pem");

    /// <summary>Present once tampering was found.</summary>
    public string Frozen => Path.Combine(Root, "frozen.json");

    /// <summary>Which mirrors and witnesses could not be reached; may be deleted.</summary>
    public string Deliveries => Path.Combine(Root, "deliveries.json");

    /// <summary>Held by whoever appends.</summary>
    public string Lock => Path.Combine(Root, "lock");

    /// <summary>Held by whoever looks for the outcome of a run and appends it where there is none.</summary>
    public string OutcomesLock => Path.Combine(Root, "outcomes.lock");

    /// <summary>The file of the segment that begins with a line.</summary>
    public string Segment(long first) => Path.Combine(Segments, Number(first) + SegmentSuffix);

    /// <summary>The file that stands for a removed segment.</summary>
    public string RemovedSegment(long first) => Path.Combine(Removed, Number(first) + RemovedSuffix);

    /// <summary>The checkpoint of a size, kept because a segment or an epoch ended there.</summary>
    public string CheckpointOf(long size) => Path.Combine(Checkpoints, Number(size) + NoteSuffix);

    /// <summary>The note of an epoch, from 1.</summary>
    public string Epoch(int number) => Path.Combine(Epochs, number.ToString("D6", CultureInfo.InvariantCulture) + NoteSuffix);

    /// <summary>The note of a witness.</summary>
    public string Witness(string name) => Path.Combine(Witnesses, name + NoteSuffix);

    /// <summary>The first lines of the segments that are there, ascending. A file with another name is none.</summary>
    public IReadOnlyList<long> SegmentStarts() => Numbers(Segments, SegmentSuffix);

    /// <summary>The first lines of the segments that were removed, ascending.</summary>
    public IReadOnlyList<long> RemovedStarts() => Numbers(Removed, RemovedSuffix);

    /// <summary>The sizes of the checkpoints that were kept, ascending.</summary>
    public IReadOnlyList<long> CheckpointSizes() => Numbers(Checkpoints, NoteSuffix);

    private static string Number(long value) => value.ToString("D20", CultureInfo.InvariantCulture);

    private static List<long> Numbers(string folder, string suffix)
    {
        List<long> numbers = [];
        if (Directory.Exists(folder))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*" + suffix))
            {
                string name = Path.GetFileNameWithoutExtension(path);
                if (name.Length == SequenceDigits && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                {
                    numbers.Add(number);
                }
            }
        }

        numbers.Sort();
        return numbers;
    }
}

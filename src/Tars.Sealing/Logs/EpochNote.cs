using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Logs;

/// <summary>The log that another one continues: its name, its last size and its root there.</summary>
/// <param name="Origin">The older log's origin.</param>
/// <param name="Size">Lines of the older log that were found whole.</param>
/// <param name="Root">Root hash over them.</param>
public sealed record ContinuedLog(string Origin, long Size, TreeHash Root);

/// <summary>
/// The key of one epoch of a log, to be certified by the key of the epoch before. Its text and its place are described in docs/formats/audit-log.md.
/// </summary>
/// <param name="Origin">The log's origin.</param>
/// <param name="Number">From 1.</param>
/// <param name="Begins">When, UTC, whole seconds.</param>
/// <param name="Size">Lines of the log when it began: 0 in the first epoch.</param>
/// <param name="Root">Root hash over them.</param>
/// <param name="Key">ECDSA P-256; signs checkpoints of this epoch.</param>
/// <param name="Continues">In the first epoch of a log that continues another one; null in all others.</param>
public sealed record EpochNote(string Origin, int Number, DateTimeOffset Begins, long Size, TreeHash Root, PublicKey Key, ContinuedLog? Continues = null)
{
    private const string FirstLine = "tars-audit-epoch/v1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int Lines = 7;

    /// <summary>The text that is signed.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{FirstLine}\n{Origin}\nepoch {Number}\nbegins {Begins.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}\nsize {Size}\nroot {Root.ToBase64()}\nkey {Convert.ToBase64String(Key.SubjectPublicKeyInfo)}\n{ContinuesLine()}");

    /// <summary>The key under the log's name, as it signs checkpoints.</summary>
    public NoteKey NoteKey => new(Origin, Key);

    /// <summary>Reads the text of a note; nothing but what <see cref="ToString"/> writes is taken.</summary>
    /// <param name="text">A note's text.</param>
    /// <param name="epoch">The epoch; null when refused.</param>
    /// <param name="refusal">What is wrong; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out EpochNote? epoch, [NotNullWhen(false)] out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(text);
        epoch = null;
        string[] lines = text.Split('\n');
        if (lines.Length is not (Lines + 1 or Lines + 2) || lines[0] != FirstLine || !NoteSignature.IsName(lines[1]))
        {
            refusal = $"it is no text that begins with '{FirstLine}' and an origin";
            return false;
        }

        PublicKey? key = null;
        DateTimeOffset begins = default;
        TreeHash root = default;
        long size = 0;
        ContinuedLog? continued = null;
        refusal = !TryValue(lines[2], "epoch ", out string value) || !Checkpoint.TryParseSize(value, out long number) || number is < 1 or > 999_999 ? "line 3 is no 'epoch N'"
            : !TryValue(lines[3], "begins ", out value) || !TryParseTime(value, out begins) ? "line 4 is no 'begins TIME'"
            : !TryValue(lines[4], "size ", out value) || !Checkpoint.TryParseSize(value, out size) ? "line 5 is no 'size N'"
            : !TryValue(lines[5], "root ", out value) || !TreeHash.TryParseBase64(value, out root) ? "line 6 is no 'root HASH'"
            : !TryValue(lines[6], "key ", out value) || !TryParseKey(value, out key) ? "line 7 is no 'key' of ECDSA P-256"
            : lines.Length == Lines + 2 && !TryParseContinued(lines[Lines], out continued) ? "line 8 is no 'continues ORIGIN SIZE ROOT'"
            : lines[^1].Length > 0 ? "it does not end with a line feed"
            : null;
        if (refusal is not null)
        {
            return false;
        }

        epoch = new EpochNote(lines[1], int.Parse(lines[2].AsSpan("epoch ".Length), CultureInfo.InvariantCulture), begins, size, root, key!, continued);
        return true;
    }

    private string ContinuesLine() => Continues is null
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $"continues {Continues.Origin} {Continues.Size} {Continues.Root.ToBase64()}\n");

    private static bool TryValue(string line, string name, out string value)
    {
        bool named = line.StartsWith(name, StringComparison.Ordinal);
        value = named ? line[name.Length..] : string.Empty;
        return named;
    }

    private static bool TryParseTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    private static bool TryParseKey(string text, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int written)
            && Convert.ToBase64String(bytes.AsSpan(0, written)) == text
            && PublicKey.TryRead(bytes.AsSpan(0, written), out key, out _)
            && key.Algorithm == SignatureAlgorithm.EcdsaP256Sha256;
    }

    private static bool TryParseContinued(string line, out ContinuedLog? continued)
    {
        continued = null;
        string[] parts = line.Split(' ');
        if (parts.Length != 4 || parts[0] != "continues" || !NoteSignature.IsName(parts[1])
            || !Checkpoint.TryParseSize(parts[2], out long size) || !TreeHash.TryParseBase64(parts[3], out TreeHash root))
        {
            return false;
        }

        continued = new ContinuedLog(parts[1], size, root);
        return true;
    }
}

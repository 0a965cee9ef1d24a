using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tars.Sealing.Logs;

/// <summary>
/// What a log says of itself: its name, how many lines it has, and the root hash over them. Signed as a note. Source: C2SP tlog-checkpoint.
/// </summary>
/// <param name="Origin">The log's name, once for all time: a key name as in <see cref="NoteKey"/>.</param>
/// <param name="Size">Lines of the log.</param>
/// <param name="Root">Root hash of the Merkle tree over them.</param>
public sealed record Checkpoint(string Origin, long Size, TreeHash Root)
{
    private const int Lines = 3;

    /// <summary>The text that is signed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root.ToBase64()}\n");

    /// <summary>Reads the text of a note. Further lines, which C2SP calls extensions, are signed with it and otherwise ignored.</summary>
    /// <param name="text">A note's text.</param>
    /// <param name="checkpoint">The checkpoint; null when refused.</param>
    /// <param name="refusal">What is wrong; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(text);
        checkpoint = null;
        string[] lines = text.Split('\n');
        TreeHash root = default;
        long size = 0;
        refusal = lines.Length <= Lines || lines[^1].Length > 0 ? "it has fewer than three lines"
            : !NoteSignature.IsName(lines[0]) ? "line 1 is no origin"
            : !TryParseSize(lines[1], out size) ? "line 2 is no tree size"
            : !TreeHash.TryParseBase64(lines[2], out root) ? "line 3 is no SHA-256 in Base64"
            : lines[Lines..^1].Any(line => line.Length == 0) ? "it holds an empty line"
            : null;
        if (refusal is not null)
        {
            return false;
        }

        checkpoint = new Checkpoint(lines[0], size, root);
        return true;
    }

    /// <summary>Decimal digits without a leading zero.</summary>
    internal static bool TryParseSize(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && text == size.ToString(CultureInfo.InvariantCulture);
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tars.Sealing.Logs;

/// <summary>
/// The proof that one line is in a log, to be handed over with the line: where it stands, the hashes up to the root, and the signed checkpoint with
/// that root. Source: C2SP tlog-proof, version 1.
/// </summary>
/// <param name="Index">The line's place, from 0.</param>
/// <param name="Path">See <see cref="MerkleProof"/>.</param>
/// <param name="Checkpoint">The note that holds a <see cref="Logs.Checkpoint"/>.</param>
public sealed record InclusionProofFile(long Index, IReadOnlyList<TreeHash> Path, SignedNote Checkpoint)
{
    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraPrefix = "extra ";
    private const string IndexPrefix = "index ";

    /// <summary>The file's text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{FirstLine}\n{IndexPrefix}{Index}\n");
        foreach (TreeHash hash in Path)
        {
            text.Append(hash.ToBase64()).Append('\n');
        }

        return text.Append('\n').Append(Checkpoint).ToString();
    }

    /// <summary>Reads a proof. What its <c>extra</c> line holds is ignored: nothing authenticates it.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="proof">The proof; null when refused.</param>
    /// <param name="refusal">What is wrong with its form; null when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out InclusionProofFile? proof, [NotNullWhen(false)] out string? refusal)
    {
        proof = null;
        int blank = utf8.IndexOf("\n\n"u8);
        if (blank < 0 || utf8.Length > SignedNote.MaximumBytes)
        {
            refusal = blank < 0 ? "no empty line separates proof and checkpoint" : $"{utf8.Length} bytes; at most {SignedNote.MaximumBytes} are read";
            return false;
        }

        List<string> lines = [.. Encoding.UTF8.GetString(utf8[..blank]).Split('\n')];
        if (lines[0] != FirstLine)
        {
            refusal = $"it does not begin with '{FirstLine}'";
            return false;
        }

        int at = lines.Count > 1 && lines[1].StartsWith(ExtraPrefix, StringComparison.Ordinal) ? 2 : 1;
        if (at >= lines.Count || !lines[at].StartsWith(IndexPrefix, StringComparison.Ordinal)
            || !Logs.Checkpoint.TryParseSize(lines[at][IndexPrefix.Length..], out long index))
        {
            refusal = $"line {at + 1} is no 'index N'";
            return false;
        }

        List<TreeHash> path = [];
        for (at++; at < lines.Count; at++)
        {
            if (path.Count == MerkleProof.MaximumLength || !TreeHash.TryParseBase64(lines[at], out TreeHash hash))
            {
                refusal = path.Count == MerkleProof.MaximumLength ? $"more than {MerkleProof.MaximumLength} hashes" : $"line {at + 1} is no SHA-256 in Base64";
                return false;
            }

            path.Add(hash);
        }

        if (!SignedNote.TryParse(utf8[(blank + 2)..], out SignedNote? note, out refusal))
        {
            return false;
        }

        proof = new InclusionProofFile(index, path, note);
        return true;
    }
}

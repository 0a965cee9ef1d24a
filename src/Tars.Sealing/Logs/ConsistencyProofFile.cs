using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Logs;

/// <summary>
/// The proof that a log still begins with what it was at an older size, with the newer checkpoint: nothing was rewritten between the two. Its form is that of
/// the body of a request to a witness, so that a witness can be handed it as it is. Source: C2SP tlog-witness, <c>add-checkpoint</c>.
/// </summary>
/// <param name="OldSize">The older size.</param>
/// <param name="Path">See <see cref="MerkleProof.Consistency"/>.</param>
/// <param name="Checkpoint">The note that holds the newer <see cref="Logs.Checkpoint"/>.</param>
public sealed record ConsistencyProofFile(long OldSize, IReadOnlyList<TreeHash> Path, SignedNote Checkpoint)
{
    private const string OldPrefix = "old ";

    /// <summary>The file's text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{OldPrefix}{OldSize}\n");
        foreach (TreeHash hash in Path)
        {
            text.Append(hash.ToBase64()).Append('\n');
        }

        return text.Append('\n').Append(Checkpoint).ToString();
    }

    /// <summary>Reads a proof.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="proof">The proof; null when refused.</param>
    /// <param name="refusal">What is wrong with its form; null when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ConsistencyProofFile? proof, [NotNullWhen(false)] out string? refusal)
    {
        proof = null;
        int blank = utf8.IndexOf("\n\n"u8);
        if (blank < 0 || utf8.Length > SignedNote.MaximumBytes)
        {
            refusal = blank < 0 ? "no empty line separates proof and checkpoint" : $"{utf8.Length} bytes; at most {SignedNote.MaximumBytes} are read";
            return false;
        }

        string[] lines = Encoding.UTF8.GetString(utf8[..blank]).Split('\n');
        if (!lines[0].StartsWith(OldPrefix, StringComparison.Ordinal) || !Logs.Checkpoint.TryParseSize(lines[0][OldPrefix.Length..], out long oldSize))
        {
            refusal = "line 1 is no 'old N'";
            return false;
        }

        List<TreeHash> path = [];
        foreach (string line in lines.AsSpan(1))
        {
            if (path.Count == MerkleProof.MaximumLength || !TreeHash.TryParseBase64(line, out TreeHash hash))
            {
                refusal = path.Count == MerkleProof.MaximumLength ? $"more than {MerkleProof.MaximumLength} hashes" : $"line {path.Count + 2} is no SHA-256 in Base64";
                return false;
            }

            path.Add(hash);
        }

        if (!SignedNote.TryParse(utf8[(blank + 2)..], out SignedNote? note, out refusal))
        {
            return false;
        }

        proof = new ConsistencyProofFile(oldSize, path, note);
        return true;
    }

    /// <summary>Checks a proof with the older checkpoint, both as files hold them.</summary>
    /// <param name="proof">The proof's bytes.</param>
    /// <param name="old">The older checkpoint's.</param>
    /// <param name="oldKey">The key of the epoch that signed the older one.</param>
    /// <param name="key">That of the epoch that signed the newer one.</param>
    /// <param name="older">The older checkpoint; null when refused for its form.</param>
    /// <param name="newer">The newer one; null when refused for its form.</param>
    /// <returns>Why it does not show that the log still begins with what it was; null when it does.</returns>
    public static string? Refusal(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> old, PublicKey oldKey, PublicKey key, out Checkpoint? older, out Checkpoint? newer)
    {
        ArgumentNullException.ThrowIfNull(oldKey);
        ArgumentNullException.ThrowIfNull(key);
        (older, newer) = (null, null);
        return !TryParse(proof, out ConsistencyProofFile? file, out string? refusal) ? refusal
            : !SignedNote.TryParse(old, out SignedNote? note, out refusal) || !Logs.Checkpoint.TryParse(note.Text, out older, out refusal) ? $"the older checkpoint: {refusal}"
            : !Logs.Checkpoint.TryParse(file.Checkpoint.Text, out newer, out refusal) ? refusal
            : oldKey.Algorithm != SignatureAlgorithm.EcdsaP256Sha256 || key.Algorithm != SignatureAlgorithm.EcdsaP256Sha256 ? "a checkpoint is signed with ECDSA P-256"
            : new NoteKey(older.Origin, oldKey).Verify(note) != NoteVerdict.Verified ? $"key {oldKey.KeyId} did not sign the older checkpoint as {older.Origin}"
            : file.Verify(older, new NoteKey(older.Origin, key), out refusal) ? null : refusal;
    }

    /// <summary>Whether the newer checkpoint is signed by a key and its tree begins with an older one.</summary>
    /// <param name="old">The older checkpoint, from whoever kept it, with its signature verified.</param>
    /// <param name="key">The key that signed the newer one.</param>
    /// <param name="refusal">Why not; null when it does.</param>
    public bool Verify(Checkpoint old, NoteKey key, [NotNullWhen(false)] out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(key);
        refusal = !Logs.Checkpoint.TryParse(Checkpoint.Text, out Checkpoint? newer, out string? form) ? form
            : newer.Origin != old.Origin ? $"the checkpoint is one of {newer.Origin}, not of {old.Origin}"
            : key.Verify(Checkpoint) != NoteVerdict.Verified ? $"key {key.Key.KeyId} did not sign the checkpoint as {key.Name}"
            : OldSize != old.Size ? $"the proof is from size {OldSize}, not from {old.Size}"
            : !MerkleProof.VerifyConsistency(old.Size, old.Root, newer.Size, newer.Root, Path) ? $"the log of {newer.Size} lines does not begin with that of {old.Size}"
            : null;
        return refusal is null;
    }
}

using Tars.Sealing.Signatures;

namespace Tars.Sealing.Logs;

/// <summary>What a proof shows of a line: one of the two cases nested here.</summary>
public abstract record InclusionVerdict
{
    /// <summary>The line stands in the log that the key has signed.</summary>
    /// <param name="Line">The line.</param>
    /// <param name="Checkpoint">What was signed.</param>
    public sealed record Included(EventLine Line, Checkpoint Checkpoint) : InclusionVerdict;

    /// <summary>The proof does not show it.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : InclusionVerdict;

    /// <summary>Checks a proof.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="line">The line; a line feed after it may be left out.</param>
    /// <param name="key">The key of the epoch that signed the proof's checkpoint.</param>
    public static InclusionVerdict Of(InclusionProofFile proof, ReadOnlySpan<byte> line, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(key);
        byte[] prefixed = [0, .. line.EndsWith("\n"u8) ? line[..^1] : line];
        return !Checkpoint.TryParse(proof.Checkpoint.Text, out Checkpoint? checkpoint, out string? form) ? new Refused($"its checkpoint: {form}")
            : key.Algorithm != SignatureAlgorithm.EcdsaP256Sha256 ? new Refused($"a checkpoint is signed with ECDSA P-256, not with {key.Algorithm}")
            : new NoteKey(checkpoint.Origin, key).Verify(proof.Checkpoint) != NoteVerdict.Verified ? new Refused($"key {key.KeyId} did not sign its checkpoint as {checkpoint.Origin}")
            : prefixed.AsSpan().Contains((byte)'\n') ? new Refused("the event is more than one line")
            : !EventLine.TryRead(prefixed, out EventLine read, out string? refusal) ? new Refused($"the event: {refusal}")
            : read.ActualHash != read.CurrentHash ? new Refused($"the event says that its hash is sha256:{read.CurrentHash}; it is sha256:{read.ActualHash}")
            : read.Sequence != proof.Index ? new Refused($"the event is line {read.Sequence}; the proof is of line {proof.Index}")
            : !MerkleProof.VerifyInclusion(read.ActualHash, proof.Index, checkpoint.Size, proof.Path, checkpoint.Root) ? new Refused($"line {proof.Index} of the {checkpoint.Size} lines that were signed is another one")
            : new Included(read, checkpoint);
    }
}

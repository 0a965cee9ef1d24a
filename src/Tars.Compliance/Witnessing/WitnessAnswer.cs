namespace Tars.Compliance.Witnessing;

/// <summary>What a witness answers: one of the cases nested here, each a status of HTTP. Source: C2SP tlog-witness.</summary>
public abstract record WitnessAnswer
{
    private WitnessAnswer()
    {
    }

    /// <summary>200: the checkpoint continues everything that the witness has seen of this log.</summary>
    /// <param name="Line">The cosignature, a line of a signed note with its line feed.</param>
    public sealed record Cosigned(string Line) : WitnessAnswer;

    /// <summary>200: the key of the epoch is believed from now on, or was already.</summary>
    public sealed record EpochKnown : WitnessAnswer;

    /// <summary>400: the request has another form, or its old size is larger than its checkpoint's.</summary>
    public sealed record Malformed(string Reason) : WitnessAnswer;

    /// <summary>403: no key of the log that the witness knows has signed it.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Epoch">The newest epoch whose key it knows.</param>
    public sealed record NotSigned(string Reason, int Epoch) : WitnessAnswer;

    /// <summary>404: the witness was not asked to watch this log.</summary>
    public sealed record UnknownLog(string Origin) : WitnessAnswer;

    /// <summary>409: the witness's last checkpoint has another size, or the same size with another root.</summary>
    /// <param name="Size">The size of its last one.</param>
    public sealed record Conflict(long Size) : WitnessAnswer;

    /// <summary>409: the epoch is not the one after the newest that the witness knows.</summary>
    /// <param name="Epoch">The newest that it knows.</param>
    public sealed record EpochConflict(int Epoch) : WitnessAnswer;

    /// <summary>422: the newer tree was not shown to begin with the older one.</summary>
    public sealed record Inconsistent(string Reason) : WitnessAnswer;
}

namespace Tars.Sealing.Envelopes;

/// <summary>How an envelope must be laid out to be read.</summary>
public enum EnvelopeForm
{
    /// <summary>Exactly as this project writes it: canonical JSON and a line feed. Any other byte is refused.</summary>
    Exact = 0,

    /// <summary>Any JSON layout, as other programs write it. Unknown fields, and key ids that are missing, are refused all the same.</summary>
    AnyLayout = 1,
}

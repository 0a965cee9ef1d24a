using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Envelopes;

/// <summary>What reading an envelope gave.</summary>
public abstract record EnvelopeReading
{
    private EnvelopeReading()
    {
    }

    /// <summary>An envelope. Nothing in it is verified yet.</summary>
    /// <param name="Envelope">As it stands in the file.</param>
    public sealed record Read(Envelope Envelope) : EnvelopeReading;

    /// <summary>It is no envelope of this form.</summary>
    /// <param name="Offset">Byte offset of what is wrong.</param>
    /// <param name="Reason">What is wrong.</param>
    public sealed record Malformed(long Offset, string Reason) : EnvelopeReading;
}

/// <summary>Reads envelopes from outside: bounded, strict, the payload byte by byte.</summary>
public static class EnvelopeReader
{
    private const int LongestKeyId = 256;
    private const int LongestSignature = 2048;

    /// <summary>Reads an envelope.</summary>
    /// <param name="utf8">The file's bytes, at most <see cref="Envelope.LongestEnvelope"/>.</param>
    /// <param name="form">Whether its layout must be this project's.</param>
    public static EnvelopeReading Read(ReadOnlySpan<byte> utf8, EnvelopeForm form = EnvelopeForm.Exact)
    {
        if (utf8.Length > Envelope.LongestEnvelope)
        {
            return new EnvelopeReading.Malformed(Envelope.LongestEnvelope, $"the envelope is longer than {Envelope.LongestEnvelope} bytes");
        }

        try
        {
            Envelope envelope = Parse(JsonTreeReader.Read(utf8));
            int same = form == EnvelopeForm.Exact ? utf8.CommonPrefixLength(envelope.ToUtf8()) : utf8.Length;
            return same == utf8.Length && (form != EnvelopeForm.Exact || envelope.ToUtf8().Length == same)
                ? new EnvelopeReading.Read(envelope)
                : new EnvelopeReading.Malformed(same, "the envelope is not laid out as it was written: canonical JSON and one line feed are expected");
        }
        catch (JsonFormException exception)
        {
            return new EnvelopeReading.Malformed(exception.Offset, exception.Message);
        }
    }

    private static Envelope Parse(JsonTree tree)
    {
        JsonFields fields = new(tree);
        byte[] payload = fields.Bytes("payload");
        string payloadType = fields.Text("payloadType");
        IReadOnlyList<JsonTree> signatures = fields.Items("signatures");
        fields.End();
        return signatures.Count is > 0 and <= Envelope.MostSignatures
            ? new Envelope(payloadType, payload, [.. signatures.Select(Signature)])
            : throw fields.Wrong(fields.Required("signatures"), "signatures", $"1 to {Envelope.MostSignatures} signatures are expected");
    }

    private static EnvelopeSignature Signature(JsonTree tree, int index)
    {
        JsonFields fields = new(tree, $"signatures[{index}]");
        EnvelopeSignature signature = new(fields.Text("keyid"), fields.Bytes("sig"));
        fields.End();
        return signature.KeyId.Length is 0 or > LongestKeyId ? throw fields.Wrong(fields.Required("keyid"), "keyid", $"1 to {LongestKeyId} characters are expected")
            : signature.Signature.Length is 0 or > LongestSignature ? throw fields.Wrong(fields.Required("sig"), "sig", $"1 to {LongestSignature} bytes are expected")
            : signature;
    }
}

using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;

namespace Tars.Sealing.Keys;

/// <summary>
/// The signed statement that a key must not be believed any longer. Any key that is trusted can make it, of itself or of another, and a key that was
/// revoked itself too: a stolen key can withdraw trust with it and never gain any. Described in docs/formats/key-ring.md.
/// </summary>
public static class KeyRevocation
{
    /// <summary>Its predicate type.</summary>
    public const string PredicateType = "urn:tars:predicate:key-revocation:1";

    /// <summary>The end of its files' names, after the key id.</summary>
    public const string FileSuffix = ".revocation" + Envelope.FileSuffix;

    internal static Envelope Sign(string keyId, Revocation revocation, IReadOnlyList<ISigner> by)
    {
        Statement statement = new(
            [new Subject(keyId, keyId)],
            PredicateType,
            JsonTree.Of(
                ("at", JsonTree.Of(Utc.Text(revocation.At))),
                ("by", JsonTree.Of(by.Select(signer => (JsonTree)JsonTree.Of(signer.PublicKey.KeyId)))),
                ("comment", JsonTree.Of(revocation.Comment)),
                ("key_id", JsonTree.Of(keyId)),
                ("reason", JsonTree.Of(KeyRingIndex.NameOf(revocation.Reason)))));
        return Envelope.Sign(Envelope.StatementType, statement.ToUtf8(), by);
    }

    /// <summary>Reads and verifies a statement of revocation.</summary>
    /// <param name="envelope">Its file.</param>
    /// <param name="trust">The keys that are trusted, revoked or not.</param>
    public static KeyRevocationReading Read(ReadOnlySpan<byte> envelope, TrustedKeys trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (EnvelopeReader.Read(envelope) is not EnvelopeReading.Read { Envelope: { PayloadType: Envelope.StatementType } read })
        {
            return new KeyRevocationReading.Refused("it is no envelope with a statement");
        }

        try
        {
            return Statement.Parse(read.Payload.Span) is StatementReading.Read { Statement: { PredicateType: PredicateType } statement }
                ? Judge(read, statement, trust)
                : new KeyRevocationReading.Refused($"the statement is not of the type {PredicateType}");
        }
        catch (JsonFormException exception)
        {
            return new KeyRevocationReading.Refused($"at byte {exception.Offset} of the statement: {exception.Message}");
        }
    }

    /// <summary>Whether an envelope says that it is a statement of revocation; nothing of it is verified.</summary>
    internal static bool IsMeant(ReadOnlySpan<byte> envelope) =>
        EnvelopeReader.Read(envelope) is EnvelopeReading.Read { Envelope.PayloadType: Envelope.StatementType } read
        && Statement.Parse(read.Envelope.Payload.Span) is StatementReading.Read { Statement.PredicateType: PredicateType };

    /// <summary>Of two revocations of a key the one that leaves less to believe: a compromise, else the earlier.</summary>
    internal static Revocation Stricter(Revocation? one, Revocation other) =>
        one is null ? other
        : (one.Reason == RevocationReason.Compromised) != (other.Reason == RevocationReason.Compromised) ? (one.Reason == RevocationReason.Compromised ? one : other)
        : one.At <= other.At ? one : other;

    private static KeyRevocationReading Judge(Envelope envelope, Statement statement, TrustedKeys trust)
    {
        JsonFields fields = new(statement.Predicate, "predicate");
        string keyId = fields.Sha256("key_id");
        Revocation revocation = KeyRingIndex.ReadRevocation(fields);
        string[] by = [.. fields.Items("by").Select(key => key is JsonTree.StringValue id ? id.Value : throw fields.Wrong(key, "by", "key ids are expected"))];
        fields.End();
        if (statement.Subjects is not [{ } subject] || subject.Name != keyId || subject.Sha256 != keyId)
        {
            return new KeyRevocationReading.Refused("its subject is another key than its predicate's");
        }

        // Revoked keys are asked too: what they say here can only take trust away.
        TrustedKeys all = new(trust.Keys.Select(key => key with { Revocation = null }));
        string[] signedBy = EnvelopeVerifier.Verify(envelope, all, new EnvelopePolicy()) is EnvelopeVerdict.Verified verified
            ? [.. verified.Signatures.Where(finding => finding.VerifiedBy is not null).Select(finding => finding.KeyId)] : [];
        return signedBy.Length == 0 ? new KeyRevocationReading.Refused("no trusted key signed it, or a signature does not hold")
            : signedBy.FirstOrDefault(key => !by.Contains(key)) is { } other ? new KeyRevocationReading.Refused($"key {other} signed it and is not named in \"by\"")
            : new KeyRevocationReading.Revoked(keyId, revocation, signedBy);
    }
}

/// <summary>What reading a statement of revocation gave.</summary>
public abstract record KeyRevocationReading
{
    private KeyRevocationReading()
    {
    }

    /// <summary>A trusted key signed it.</summary>
    /// <param name="KeyId">The key that must not be believed; it need not be a trusted one.</param>
    /// <param name="Revocation">Since when and why, as the signers say.</param>
    /// <param name="By">The trusted keys that signed.</param>
    public sealed record Revoked(string KeyId, Revocation Revocation, IReadOnlyList<string> By) : KeyRevocationReading;

    /// <summary>It says nothing about any key.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : KeyRevocationReading;
}

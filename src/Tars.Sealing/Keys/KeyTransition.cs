using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;

namespace Tars.Sealing.Keys;

/// <summary>
/// The signed statement that new keys took the place of old ones. It is signed by the old keys, who vouch, and by the new ones, who show that
/// they exist; who trusts the old keys can trust the new ones after reading it.
/// </summary>
public static class KeyTransition
{
    /// <summary>Its predicate type.</summary>
    public const string PredicateType = "urn:tars:predicate:key-transition:1";

    internal static Envelope Sign(IReadOnlyList<ISigner> from, IReadOnlyList<ISigner> to, DateTimeOffset at, string reason)
    {
        Statement statement = new(
            [.. to.Select(signer => new Subject(signer.PublicKey.KeyId, signer.PublicKey.KeyId))],
            PredicateType,
            JsonTree.Of(
                ("at", JsonTree.Of(Utc.Text(at))),
                ("from", JsonTree.Of(from.Select(signer => (JsonTree)Key(signer.PublicKey)))),
                ("reason", JsonTree.Of(reason)),
                ("to", JsonTree.Of(to.Select(signer => (JsonTree)Key(signer.PublicKey))))));
        return Envelope.Sign(Envelope.StatementType, statement.ToUtf8(), [.. from, .. to]);
    }

    /// <summary>The keys that a transition brings, each verified.</summary>
    /// <param name="envelope">The transition's file.</param>
    /// <param name="trust">Keys that are trusted already; each old key of the transition must be among them and have signed.</param>
    /// <returns>The new keys, to be added with <see cref="TrustedKeys.With"/>; or why there are none.</returns>
    public static KeyTransitionReading Follow(ReadOnlySpan<byte> envelope, TrustedKeys trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (EnvelopeReader.Read(envelope) is not EnvelopeReading.Read { Envelope: { PayloadType: Envelope.StatementType } read })
        {
            return new KeyTransitionReading.Refused("it is no envelope with a statement");
        }

        try
        {
            return Statement.Parse(read.Payload.Span) is StatementReading.Read { Statement: { PredicateType: PredicateType } statement }
                ? Follow(read, statement, trust)
                : new KeyTransitionReading.Refused($"the statement is not of the type {PredicateType}");
        }
        catch (JsonFormException exception)
        {
            return new KeyTransitionReading.Refused($"at byte {exception.Offset} of the statement: {exception.Message}");
        }
    }

    private static KeyTransitionReading Follow(Envelope envelope, Statement statement, TrustedKeys trust)
    {
        JsonFields fields = new(statement.Predicate, "predicate");
        DateTimeOffset at = fields.Time("at");
        _ = fields.Text("reason");
        PublicKey[] from = [.. fields.Items("from").Select(Key)];
        PublicKey[] to = [.. fields.Items("to").Select(Key)];
        fields.End();
        if (from.Length == 0 || to.Length == 0)
        {
            return new KeyTransitionReading.Refused("a transition has old keys and new keys");
        }

        if (from.FirstOrDefault(key => trust.Find(key.KeyId) is null) is { } stranger)
        {
            return new KeyTransitionReading.Refused($"the old key {stranger.KeyId} is not trusted");
        }

        // The new keys are believed for this one check: their own signatures must hold too.
        TrustedKey[] added = [.. to.Select(key => new TrustedKey(key, $"transition of {Utc.Text(at)}"))];
        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(envelope, trust.With(added), new EnvelopePolicy());
        string[] signedBy = verdict is EnvelopeVerdict.Verified verified ? [.. verified.Signatures.Where(finding => finding.VerifiedBy is not null).Select(finding => finding.KeyId)] : [];
        return from.Concat(to).FirstOrDefault(key => !signedBy.Contains(key.KeyId)) is { } missing
            ? new KeyTransitionReading.Refused($"key {missing.KeyId} did not sign the transition, or its signature does not hold")
            : new KeyTransitionReading.Followed(added, at);
    }

    private static JsonTree.ObjectValue Key(PublicKey key) => JsonTree.Of(
        ("key_id", JsonTree.Of(key.KeyId)),
        ("spki", JsonTree.Of(Convert.ToBase64String(key.SubjectPublicKeyInfo))));

    private static PublicKey Key(JsonTree tree)
    {
        JsonFields fields = new(tree, "key");
        string id = fields.Sha256("key_id");
        bool permitted = PublicKey.TryRead(fields.Bytes("spki"), out PublicKey? key, out string? refusal);
        fields.End();
        return !permitted ? throw fields.Wrong(tree, "spki", refusal!)
            : key!.KeyId != id ? throw fields.Wrong(tree, "key_id", "it is not the id of the key beside it")
            : key;
    }
}

/// <summary>What reading a key transition gave.</summary>
public abstract record KeyTransitionReading
{
    private KeyTransitionReading()
    {
    }

    /// <summary>The old keys are trusted and signed, and so did the new ones.</summary>
    /// <param name="Added">The new keys.</param>
    /// <param name="At">When, as the signers say.</param>
    public sealed record Followed(IReadOnlyList<TrustedKey> Added, DateTimeOffset At) : KeyTransitionReading;

    /// <summary>The new keys are not to be trusted on account of it.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : KeyTransitionReading;
}

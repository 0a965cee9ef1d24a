using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Timestamps;
using Tars.Sealing.Verification;

namespace Tars.Verify.Checks;

/// <summary>Verifies envelopes and keeps the statements that hold.</summary>
internal sealed class EnvelopeCheck(TrustedKeys trust, bool requireCosignature, X509Certificate2Collection? authorities)
{
    private const string Kind = "envelope";
    private const int LongestTimestamp = 256 << 10;

    private readonly List<Statement> _statements = [];

    /// <summary>What verified envelopes state, so far.</summary>
    internal IReadOnlyList<Statement> Statements => _statements;

    /// <summary>Verifies one envelope; the statement is null unless it holds.</summary>
    internal (Finding Finding, Statement? Statement) Run(string path)
    {
        byte[] utf8 = InputFile.Read(path, Envelope.LongestEnvelope);
        (DateTimeOffset? proven, string time, bool timeIsGood) = TimeOf(path, utf8);
        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(utf8, trust, new EnvelopePolicy(requireCosignature, EnvelopeForm.AnyLayout, proven));
        if (verdict is not EnvelopeVerdict.Verified verified)
        {
            return (new Finding(path, Kind, false, Reason(verdict)), null);
        }

        if (verified.Envelope.PayloadType != Envelope.StatementType)
        {
            return (new Finding(path, Kind, false, $"payloadType: {verified.Envelope.PayloadType} is signed; {Envelope.StatementType} is expected"), null);
        }

        string[] keys = [.. verified.Signatures.Select(Describe)];
        if (Statement.Parse(verified.Envelope.Payload.Span) is not StatementReading.Read { Statement: var statement } reading)
        {
            StatementReading.Malformed malformed = (StatementReading.Malformed)Statement.Parse(verified.Envelope.Payload.Span);
            return (new Finding(path, Kind, false, $"payload, byte {malformed.Offset}: {malformed.Reason}", keys), null);
        }

        try
        {
            string[] facts = statement.PredicateType == RunStatement.PredicateType ? Facts(RunStatement.FactsOf(statement)) : [$"predicate: {statement.PredicateType}"];
            Finding finding = new(path, Kind, timeIsGood, timeIsGood ? $"signature verified, {statement.Subjects.Count} files named" : time, [.. keys, .. facts, .. timeIsGood ? [time] : Array.Empty<string>()]);
            if (timeIsGood)
            {
                _statements.Add(statement);
            }

            return (finding, timeIsGood ? statement : null);
        }
        catch (FormatException exception)
        {
            return (new Finding(path, Kind, false, $"payload: {exception.Message}", keys), null);
        }
    }

    private static string Describe(SignatureFinding signature) => signature.VerifiedBy is { } key
        ? $"signed by {key.Key.Fingerprint} ({key.Origin})"
        : $"signatures[{signature.Index}] names a key that is not trusted, and says nothing: {signature.KeyId}";

    private static string[] Facts(RunFacts facts) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"run {facts.RunId} of {facts.Tool} {facts.ToolVersion}, window {facts.From:yyyy-MM-ddTHH:mm:ssZ} to {facts.To:yyyy-MM-ddTHH:mm:ssZ}"),
        string.Create(CultureInfo.InvariantCulture, $"signed at {facts.SignedAt:yyyy-MM-ddTHH:mm:ssZ}, as the signer claims{(facts.Signer is { } signer ? $" ({signer})" : string.Empty)}"),
        facts.CaptureSha256 is { } capture ? $"capture sha256 {capture}" : "no capture is named",
    ];

    private static string Reason(EnvelopeVerdict verdict) => verdict switch
    {
        EnvelopeVerdict.UnknownKey unknown => $"no signature is of a trusted key; they name {string.Join(", ", unknown.KeyIds)}",
        EnvelopeVerdict.SignatureBad bad => $"{bad.Field}: not the signature of key {bad.KeyId} over the payload; the signed bytes' sha256 is {bad.SignedSha256}",
        EnvelopeVerdict.Malformed malformed => $"byte {malformed.Offset}: {malformed.Reason}",
        EnvelopeVerdict.PolicyRefused refused => refused.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private (DateTimeOffset? Proven, string Text, bool IsGood) TimeOf(string path, byte[] utf8)
    {
        string file = path + ".tsr";
        if (authorities is null)
        {
            return (null, File.Exists(file) ? "a timestamp lies beside it and was not looked at, so the time is the signer's own claim; --timestamp-ca verifies it" : "no timestamp proves the time: it is the signer's own claim", true);
        }

        if (!File.Exists(file))
        {
            return (null, $"the timestamp {Path.GetFileName(file)} is missing", false);
        }

        if (EnvelopeReader.Read(utf8, EnvelopeForm.AnyLayout) is not EnvelopeReading.Read read)
        {
            return (null, string.Empty, false);
        }

        TimestampVerdict verdict = TimestampVerifier.Verify(InputFile.Read(file, LongestTimestamp), read.Envelope.Payload.Span, authorities);
        return verdict is TimestampVerdict.Verified verified
            ? (verified.Time, string.Create(CultureInfo.InvariantCulture, $"a timestamp of {verified.Authority} proves that it existed at {verified.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"), true)
            : (null, $"{Path.GetFileName(file)}: {verdict.Refusal}", false);
    }
}

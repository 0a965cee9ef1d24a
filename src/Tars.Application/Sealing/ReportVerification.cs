using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Timestamps;
using Tars.Sealing.Verification;

namespace Tars.Application.Sealing;

/// <summary>What verifying one thing gave.</summary>
/// <param name="Path">The envelope or file.</param>
/// <param name="Holds">Whether nothing speaks against it.</param>
/// <param name="Lines">What was checked, by which key, signed when; and what does not hold, and where.</param>
public sealed record VerifiedThing(string Path, bool Holds, IReadOnlyList<string> Lines);

/// <summary>Verifies envelopes with the files they name, detached signatures, and signed JSON.</summary>
/// <param name="trust">The only keys that are believed.</param>
/// <param name="requireCosignature">Whether an envelope needs an RSA-PSS and a P-256 signature.</param>
/// <param name="authorities">Certificates of timestamp authorities; null when timestamps are not looked at.</param>
public sealed class ReportVerification(TrustedKeys trust, bool requireCosignature, X509Certificate2Collection? authorities)
{
    /// <summary>Verifies a file, or every envelope of a folder.</summary>
    /// <param name="path">A folder, an envelope, a signature, signed JSON, or a file that a signature or an envelope beside it vouches for.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <exception cref="SealingException">Something cannot be read.</exception>
    public async Task<IReadOnlyList<VerifiedThing>> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Directory.Exists(path) ? await FolderAsync(path, cancellationToken).ConfigureAwait(false)
                : path.EndsWith(Envelope.FileSuffix, StringComparison.Ordinal) ? [await AloneAsync(path, cancellationToken).ConfigureAwait(false)]
                : path.EndsWith(DetachedSignatures.FileSuffix, StringComparison.Ordinal) ? [await DetachedAsync(path[..^DetachedSignatures.FileSuffix.Length], path, cancellationToken).ConfigureAwait(false)]
                : File.Exists(path + DetachedSignatures.FileSuffix) ? [await DetachedAsync(path, path + DetachedSignatures.FileSuffix, cancellationToken).ConfigureAwait(false)]
                : [await FileAsync(path, cancellationToken).ConfigureAwait(false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealingException($"{path}: {exception.Message}", null, exception);
        }
    }

    /// <summary>A file that carries its own signature, or that an envelope beside it names.</summary>
    private async Task<VerifiedThing> FileAsync(string path, CancellationToken cancellationToken)
    {
        // Read as signed JSON only when it begins as JSON does: what else is signed may be of any size.
        if (await BeginsAsJsonAsync(path, cancellationToken).ConfigureAwait(false)
            && SignatureVerifier.VerifyEmbedded(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), trust) is not SignatureVerdict.Malformed and var embedded)
        {
            return Told(path, embedded);
        }

        string name = System.IO.Path.GetFileName(path);
        string folder = System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        List<string> refusals = [];
        foreach (string envelope in Directory.EnumerateFiles(folder, "*" + Envelope.FileSuffix).Order(StringComparer.Ordinal))
        {
            (VerifiedThing thing, Statement? statement) = await EnvelopeAsync(envelope, cancellationToken, only: name).ConfigureAwait(false);
            if (statement?.Subjects.Any(subject => subject.Name == name) == true)
            {
                return new VerifiedThing(path, thing.Holds, [$"named by {envelope}", .. thing.Lines]);
            }

            refusals.AddRange(statement is null ? thing.Lines.Select(line => $"{envelope}: {line}") : []);
        }

        return new VerifiedThing(path, false, [.. refusals, $"nothing vouches for it: there is no {name}{DetachedSignatures.FileSuffix}, and no verified envelope beside it names it"]);
    }

    private static async Task<bool> BeginsAsJsonAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            byte[] first = new byte[256];
            int length = await file.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            ReadOnlySpan<byte> text = first.AsSpan(0, length).TrimStart(" \t\r\n"u8);
            return text.Length > 0 && text[0] == '{';
        }
    }

    private async Task<IReadOnlyList<VerifiedThing>> FolderAsync(string folder, CancellationToken cancellationToken)
    {
        List<VerifiedThing> things = [];
        List<Statement> statements = [];
        foreach (string path in Directory.EnumerateFiles(folder, "*" + Envelope.FileSuffix).Order(StringComparer.Ordinal))
        {
            (VerifiedThing thing, Statement? statement) = await EnvelopeAsync(path, cancellationToken).ConfigureAwait(false);
            things.Add(thing);
            statements.AddRange(statement is null ? [] : [statement]);
        }

        if (things.Count == 0)
        {
            return [new VerifiedThing(folder, false, [$"there is no envelope (*{Envelope.FileSuffix}) in it: nothing vouches for its files"])];
        }

        IReadOnlyList<string> others = SubjectFiles.NotNamed(statements, folder);
        return others.Count == 0 ? things : [.. things, new VerifiedThing(folder, true, [.. others.Select(name => $"not signed: {name}")])];
    }

    // Whoever names one envelope does not ask for a folder's other files, and is not to take them for verified either.
    private async Task<VerifiedThing> AloneAsync(string path, CancellationToken cancellationToken)
    {
        (VerifiedThing thing, Statement? statement) = await EnvelopeAsync(path, cancellationToken).ConfigureAwait(false);
        return statement is not null && SubjectFiles.NoteOfOthers(statement, FolderOf(path)) is { } note ? thing with { Lines = [.. thing.Lines, note] } : thing;
    }

    private static string FolderOf(string path) => System.IO.Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";

    private async Task<(VerifiedThing Thing, Statement? Statement)> EnvelopeAsync(string path, CancellationToken cancellationToken, string? only = null)
    {
        byte[] content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        (DateTimeOffset? proven, string? time, bool timeHolds) = await TimestampAsync(path, content, cancellationToken).ConfigureAwait(false);
        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(content, trust, new EnvelopePolicy(requireCosignature, ProvenTime: proven));
        if (verdict is not EnvelopeVerdict.Verified verified)
        {
            return (new VerifiedThing(path, false, [WordsOf(verdict)]), null);
        }

        List<string> lines = [.. verified.Signatures.Select(finding => finding.VerifiedBy is { } key
            ? $"signed by {AlgorithmPolicy.NameOf(key.Key.Algorithm)} {key.Key.KeyId} ({key.Origin})"
            : $"{finding.KeyId} is not trusted: its signature says nothing")];
        if (verified.Envelope.PayloadType != Envelope.StatementType || Statement.Parse(verified.Envelope.Payload.Span) is not StatementReading.Read { Statement: var statement })
        {
            return (new VerifiedThing(path, false, [.. lines, "the payload is no in-toto statement, so it names no file"]), null);
        }

        try
        {
            lines.AddRange(ClaimsOf(statement));
            lines.AddRange(time is null ? [] : [time]);
            bool namesFiles = statement.PredicateType is RunStatement.PredicateType or FilesStatement.PredicateType;
            IReadOnlyList<SubjectFinding> files = namesFiles
                ? await SubjectFiles.CompareAsync(statement, FolderOf(path), cancellationToken).ConfigureAwait(false)
                : [];
            files = only is null ? files : [.. files.Where(file => file.Name == only)];
            lines.AddRange(files.Select(WordsOf));
            return (new VerifiedThing(path, timeHolds && files.All(file => file.IsGood), lines), statement);
        }
        catch (FormatException exception)
        {
            return (new VerifiedThing(path, false, [.. lines, exception.Message]), null);
        }
    }

    private async Task<(DateTimeOffset? Proven, string? Line, bool Holds)> TimestampAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        string token = path + TimestampAuthority.FileSuffix;
        if (authorities is null || EnvelopeReader.Read(content) is not EnvelopeReading.Read { Envelope: var envelope })
        {
            return (null, null, true);
        }

        return !File.Exists(token) ? (null, $"there is no timestamp {token}", false)
            : TimestampVerifier.Verify(await ReadTokenAsync(token, cancellationToken).ConfigureAwait(false), envelope.Payload.Span, authorities) switch
            {
                TimestampVerdict.Verified verified => (verified.Time, $"existed at {Instant(verified.Time)}, says {verified.Authority}", true),
                var other => (null, $"{token}: the timestamp does not hold: {other.Refusal}", false),
            };
    }

    // One byte more than a token may have is enough to be refused.
    private static async Task<byte[]> ReadTokenAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            byte[] room = new byte[TimestampRequest.LongestAnswer + 1];
            return room[..await file.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)];
        }
    }

    private async Task<VerifiedThing> DetachedAsync(string path, string signature, CancellationToken cancellationToken)
    {
        byte[] lines = await File.ReadAllBytesAsync(signature, cancellationToken).ConfigureAwait(false);
        FileStream content = File.OpenRead(path);
        await using (content.ConfigureAwait(false))
        {
            return Told(path, await SignatureVerifier.VerifyDetachedAsync(content, lines, trust, cancellationToken).ConfigureAwait(false));
        }
    }

    private static VerifiedThing Told(string path, SignatureVerdict verdict) => verdict switch
    {
        SignatureVerdict.Verified verified => new VerifiedThing(path, true,
        [
            .. verified.Keys.Select(key => $"signed by {AlgorithmPolicy.NameOf(key.Key.Algorithm)} {key.Key.KeyId} ({key.Origin}){(verified.IsLegacy ? ", in the predecessor's form" : string.Empty)}"),
            $"sha256 of the signed bytes {verified.Sha256}",
            verified.ClaimedTime is { } time ? $"signed at {Instant(time)}{By(verified.ClaimedSigner)}: the signer's own claim" : "the signature does not say when",
        ]),
        SignatureVerdict.UnknownKey unknown => new VerifiedThing(path, false, [$"none of its keys is trusted: {string.Join(", ", unknown.KeyIds)}"]),
        SignatureVerdict.SignatureBad bad => new VerifiedThing(path, false, [$"{bad.Where}: the signature does not hold: {bad.Reason}"]),
        SignatureVerdict.Malformed malformed => new VerifiedThing(path, false, [$"{malformed.Where}: {malformed.Reason}"]),
        SignatureVerdict.PolicyRefused refused => new VerifiedThing(path, false, [refused.Reason]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string WordsOf(EnvelopeVerdict verdict) => verdict switch
    {
        EnvelopeVerdict.UnknownKey unknown => $"none of its keys is trusted: {string.Join(", ", unknown.KeyIds)}",
        EnvelopeVerdict.SignatureBad bad => $"{bad.Field}: the signature is not key {bad.KeyId}'s over a content with the digest {bad.SignedSha256}",
        EnvelopeVerdict.Malformed malformed => string.Create(CultureInfo.InvariantCulture, $"byte {malformed.Offset}: {malformed.Reason}"),
        EnvelopeVerdict.PolicyRefused refused => refused.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string WordsOf(SubjectFinding finding) => finding switch
    {
        SubjectFinding.Intact intact => $"intact: {intact.Name}",
        SubjectFinding.OtherForm other => $"not here: {other.Name}, which is {other.OtherName} in its other form",
        SubjectFinding.Differs differs => $"{differs.Name}: differs: expected sha256 {differs.ExpectedSha256}, found {differs.FoundSha256}{(differs.IsSealed ? "; a rewrapped file differs too: open it and compare the plain one" : string.Empty)}",
        SubjectFinding.Missing missing => $"{missing.Name}: missing: expected sha256 {missing.ExpectedSha256}",
        _ => $"{finding.Name}: the statement names no file of this folder",
    };

    private static IEnumerable<string> ClaimsOf(Statement statement)
    {
        if (statement.PredicateType == RunStatement.PredicateType)
        {
            RunFacts facts = RunStatement.FactsOf(statement);
            return [$"{facts.Tool} {facts.ToolVersion}, window {Instant(facts.From)} to {Instant(facts.To)}, run {facts.RunId}", $"signed at {Instant(facts.SignedAt)}{By(facts.Signer)}: the signer's own claim"];
        }

        if (statement.PredicateType == FilesStatement.PredicateType)
        {
            (DateTimeOffset signedAt, string? signer) = FilesStatement.ClaimOf(statement);
            return [$"signed at {Instant(signedAt)}{By(signer)}: the signer's own claim"];
        }

        return [$"a statement of the type {statement.PredicateType}; it is not said what its subjects are"];
    }

    private static string By(string? signer) => string.IsNullOrEmpty(signer) ? string.Empty : $" by {signer}";

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'", CultureInfo.InvariantCulture);
}

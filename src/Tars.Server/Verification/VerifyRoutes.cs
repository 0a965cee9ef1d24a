using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Verification;

/// <summary>
/// Verifies what is uploaded: files by an envelope, the envelope by the keys that are trusted here. Files are hashed as they come; nothing of them is kept, and no name of them is used as a path.
/// </summary>
internal sealed class VerifyRoutes(ServerParts parts)
{
    private const string EnvelopePart = "envelope";
    private const int MostFiles = 32;
    private const long MostBytes = 64L << 20;
    private static readonly ApiParameters Nothing = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.Map(ApiRoutes.Verify, (RequestDelegate)VerifyAsync)
        .Accepts<VerificationUpload>("multipart/form-data")
        .Answers<VerificationDocument>(Nothing, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType);

    private async Task VerifyAsync(HttpContext context)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 70 } boundary)
        {
            throw new ProblemException(ErrorCode.UnsupportedMediaType, "The body is read as multipart/form-data only: one part envelope, and one part for each file.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostBytes;
        }

        (byte[]? envelope, List<(string Name, string Sha256)> files) = await ReadAsync(new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096 }, context.RequestAborted).ConfigureAwait(false);
        if (envelope is null || files.Count == 0)
        {
            throw Invalid(envelope is null ? EnvelopePart : "file", "is missing: one part envelope, and one part for each file that it names");
        }

        await Answers.WriteUnkeptAsync(context, Verify(envelope, files), ApiJson.Default.VerificationDocument).ConfigureAwait(false);
    }

    private VerificationDocument Verify(byte[] envelope, List<(string Name, string Sha256)> files)
    {
        SealingSettings settings = SealingSettings.Of(parts.Settings);
        TrustedKeys trusted = Trusted(settings);
        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(envelope, trusted, new EnvelopePolicy(settings.RequiresCosignature));
        if (verdict is not EnvelopeVerdict.Verified verified)
        {
            return Refused(StoredSeal.WordsOf(verdict), files);
        }

        if (verified.Envelope.PayloadType != Envelope.StatementType || Statement.Parse(verified.Envelope.Payload.Span) is not StatementReading.Read { Statement: var statement })
        {
            return Refused("the payload is no in-toto statement, so it names no file", files);
        }

        VerifiedFile[] judged = [.. files.Select(file => new VerifiedFile(file.Name, file.Sha256, statement.Subjects.FirstOrDefault(subject => subject.Sha256 == file.Sha256)?.Name))];
        return new VerificationDocument
        {
            Verified = judged.All(file => file.SignedAs is not null),
            Reason = judged.FirstOrDefault(file => file.SignedAs is null) is { } other ? $"the envelope does not name {other.Filename}" : null,
            Signatures = [.. verified.Signatures.Where(finding => finding.VerifiedBy is not null).Select(finding => new VerifiedSignature(finding.VerifiedBy!.Key.KeyId, AlgorithmPolicy.NameOf(finding.VerifiedBy.Key.Algorithm)))],
            Files = judged,
        };
    }

    private static VerificationDocument Refused(string reason, List<(string Name, string Sha256)> files) =>
        new() { Verified = false, Reason = $"envelope: {reason}", Files = [.. files.Select(file => new VerifiedFile(file.Name, file.Sha256, null))] };

    private TrustedKeys Trusted(SealingSettings settings)
    {
        try
        {
            return new KeyRingAccess(settings, parts.Time).Trusted();
        }
        catch (Exception exception) when (exception is SealingException or KeyRingException or KeyFormException)
        {
            throw new ProblemException(ErrorCode.Unavailable, "No key is trusted here, or the key ring cannot be read: security.key_ring or security.public_key_path names the keys.", inner: exception);
        }
    }

    private static async Task<(byte[]? Envelope, List<(string, string)> Files)> ReadAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        byte[]? envelope = null;
        List<(string, string)> files = [];
        byte[] buffer = new byte[64 << 10];
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section)
            {
                string? part = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).Value : null;
                if (part == EnvelopePart && envelope is null)
                {
                    envelope = await WholeAsync(section.Body, buffer, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                string name = HeaderUtilities.RemoveQuotes(disposition?.FileNameStar is { Length: > 0 } star ? star : disposition?.FileName ?? default).Value ?? string.Empty;
                if (part != "file" || name.Length is 0 or > 255 || name.Any(char.IsControl) || files.Count == MostFiles)
                {
                    throw Invalid(part ?? "(part)", FormattableString.Invariant($"is no part that is read: one envelope, and up to {MostFiles} parts file with a filename"));
                }

                files.Add((name, await DigestAsync(section.Body, buffer, cancellationToken).ConfigureAwait(false)));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new ProblemException(ErrorCode.BadRequest, "The body is no well-formed multipart/form-data.", inner: exception);
        }

        return (envelope, files);
    }

    private static async Task<byte[]> WholeAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        using MemoryStream whole = new();
        for (int read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false); read > 0; read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false))
        {
            await whole.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            if (whole.Length > StoredSeal.MaximumEnvelope)
            {
                throw new ProblemException(ErrorCode.TooLarge, "An envelope has at most 16 MiB.");
            }
        }

        return whole.ToArray();
    }

    private static async Task<string> DigestAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false); read > 0; read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false))
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ProblemException Invalid(string part, string reason) => new(ErrorCode.Validation, "The upload is not valid.", new Dictionary<string, string[]> { [part] = [reason] });
}

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tars.Sealing.Timestamps;

/// <summary>
/// Verifies timestamps without network: the certificates given are the only trust, and revocation is not asked for. Source: RFC 3161
/// sections 2.2 to 2.4, RFC 5652, RFC 5816.
/// </summary>
public static class TimestampVerifier
{
    /// <summary>Takes the token out of an authority's answer to a request.</summary>
    /// <param name="answer">The DER answer.</param>
    /// <param name="request">The request; the answer must be to it.</param>
    /// <param name="content">The stamped bytes.</param>
    /// <param name="trusted">Certificates of authorities, or of what they lead to; null leaves the authority unjudged, everything else is checked.</param>
    /// <returns>The verdict, and when it is verified the token to be stored beside the envelope.</returns>
    public static (TimestampVerdict Verdict, ReadOnlyMemory<byte> Token) VerifyAnswer(ReadOnlyMemory<byte> answer, TimestampRequest request, ReadOnlySpan<byte> content, X509Certificate2Collection? trusted)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (answer.Length > TimestampToken.LongestToken)
        {
            return (new TimestampVerdict.Malformed($"the answer is longer than {TimestampToken.LongestToken} bytes"), default);
        }

        try
        {
            AsnReader outer = new(answer, AsnEncodingRules.BER);
            AsnReader response = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            AsnReader status = response.ReadSequence();
            if (!status.TryReadInt32(out int code) || code is not (0 or 1))
            {
                return (new TimestampVerdict.Rejected(code, StatusText(status)), default);
            }

            ReadOnlyMemory<byte> token = response.ReadEncodedValue();
            return (Verify(token, content, trusted, request), token);
        }
        catch (AsnContentException exception)
        {
            return (new TimestampVerdict.Malformed(exception.Message), default);
        }
    }

    /// <summary>Verifies a stored token.</summary>
    /// <param name="token">The DER token, with nothing after it.</param>
    /// <param name="content">The stamped bytes: an envelope's payload.</param>
    /// <param name="trusted">Certificates of authorities, or of what they lead to.</param>
    public static TimestampVerdict Verify(ReadOnlyMemory<byte> token, ReadOnlySpan<byte> content, X509Certificate2Collection trusted)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        return Verify(token, content, trusted, request: null);
    }

    private static TimestampVerdict Verify(ReadOnlyMemory<byte> der, ReadOnlySpan<byte> content, X509Certificate2Collection? trusted, TimestampRequest? request)
    {
        if (der.Length > TimestampToken.LongestToken)
        {
            return new TimestampVerdict.Malformed($"the token is longer than {TimestampToken.LongestToken} bytes");
        }

        try
        {
            TimestampToken token = TimestampToken.Read(der);
            byte[] expected = SHA256.HashData(content);
            return token.ImprintOid != CmsOids.Sha256 || !token.Imprint.AsSpan().SequenceEqual(expected)
                ? new TimestampVerdict.OtherContent(Convert.ToHexStringLower(expected), $"{token.ImprintOid} {Convert.ToHexStringLower(token.Imprint)}")
                : request is not null && token.Nonce != new BigInteger(request.Nonce.Span, isBigEndian: true) ? new TimestampVerdict.OtherRequest()
                : request?.PolicyOid is { } policy && token.PolicyOid != policy ? new TimestampVerdict.OtherPolicy(policy, token.PolicyOid)
                : VerifySignature(token, trusted);
        }
        catch (AsnContentException exception)
        {
            return new TimestampVerdict.Malformed(exception.Message);
        }
        catch (CryptographicException exception)
        {
            return new TimestampVerdict.SignatureBad($"the authority's certificate or key cannot be used: {exception.Message}");
        }
    }

    private static TimestampVerdict VerifySignature(TimestampToken token, X509Certificate2Collection? trusted)
    {
        X509Certificate2Collection carried = token.LoadCertificates();
        carried.AddRange(trusted ?? []);
        return token.Signer.FindCertificate(carried) is not { } certificate
            ? new TimestampVerdict.SignatureBad("the authority's certificate is neither in the token nor among the trusted ones")
            : token.Signer.RefusalOf(token.Info, certificate) is { } refusal ? new TimestampVerdict.SignatureBad(refusal)
            : !IsForTimestamps(certificate) ? new TimestampVerdict.UntrustedAuthority($"the certificate of {certificate.Subject} is not for timestamps alone: a critical extended key usage with just that purpose is expected")
            : trusted is null ? new TimestampVerdict.Unjudged(token.Time, certificate.Subject, token.PolicyOid)
            : VerifyChain(token, certificate, carried, trusted);
    }

    // RFC 3161 section 2.3: exactly one purpose, and critical.
    private static bool IsForTimestamps(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault() is { Critical: true } usage
        && usage.EnhancedKeyUsages.Count == 1
        && usage.EnhancedKeyUsages[0].Value == CmsOids.TimestampingUsage;

    private static TimestampVerdict VerifyChain(TimestampToken token, X509Certificate2 certificate, X509Certificate2Collection carried, X509Certificate2Collection trusted)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(carried);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = token.Time.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(CmsOids.TimestampingUsage));
        return chain.Build(certificate)
            ? new TimestampVerdict.Verified(token.Time, certificate.Subject, chain.ChainElements[^1].Certificate.Subject, token.SerialNumber.ToString(System.Globalization.CultureInfo.InvariantCulture), token.PolicyOid)
            : new TimestampVerdict.UntrustedAuthority($"the certificate of {certificate.Subject} is not trusted: {string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())}");
    }

    private static string StatusText(AsnReader status)
    {
        if (!status.HasData || !status.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            return string.Empty;
        }

        AsnReader texts = status.ReadSequence();
        return texts.HasData ? texts.ReadCharacterString(UniversalTagNumber.UTF8String) : string.Empty;
    }
}

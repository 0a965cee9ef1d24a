using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;

namespace Tars.TestKit.StorageServers;

/// <summary>Who signed a request, and the object's bytes in it.</summary>
internal sealed record S3Caller(AwsCredentials Credentials, byte[] Content, IReadOnlyList<(string Name, string Value)> Trailers);

/// <summary>
/// Whether a request to S3 bears the signature it should, from "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)". The signature is computed anew from the bytes
/// that came; nothing of a client is used.
/// </summary>
internal static partial class S3Signature
{
    internal const string Service = "s3";

    /// <summary>RequestTimeTooSkewed: "The difference between the request time and the server's time is too large", which is 15 minutes.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    internal static (S3Caller? Caller, S3Refusal? Refusal) Verify(ReceivedRequest request, AwsAccount account)
    {
        if (request.Header("Authorization") is not { } authorization)
        {
            return (null, S3Refusal.AccessDenied);
        }

        if (request.Header("x-amz-content-sha256") is null)
        {
            return (null, new S3Refusal(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"));
        }

        Match match = Form().Match(authorization);
        string timestamp = request.Header("x-amz-date") ?? "";
        if (!match.Success || !DateTimeOffset.TryParseExact(timestamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at))
        {
            return (null, new S3Refusal(400, "AuthorizationHeaderMalformed", "The authorization header that you provided is not valid."));
        }

        string[] signed = match.Groups["headers"].Value.Split(';');
        (string key, string date, string region) = (match.Groups["key"].Value, match.Groups["date"].Value, match.Groups["region"].Value);
        S3Refusal? refusal = OfHeaders(request, signed) ?? OfScope(date, region, match.Groups["service"].Value, timestamp, account.Region) ?? OfTime(at, account.Time.GetUtcNow());
        if (refusal is not null)
        {
            return (null, refusal);
        }

        if (account.Find(key) is not { } credentials)
        {
            return (null, new S3Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.") { Details = [("AWSAccessKeyId", key)] });
        }

        return OfSignature(request, account, credentials, signed, timestamp, $"{date}/{region}/{Service}/aws4_request", match.Groups["signature"].Value);
    }

    private static (S3Caller? Caller, S3Refusal? Refusal) OfSignature(
        ReceivedRequest request, AwsAccount account, AwsCredentials credentials, string[] signed, string timestamp, string scope, string signature)
    {
        if (request.Header("x-amz-security-token") != credentials.SessionToken)
        {
            return (null, new S3Refusal(400, "InvalidToken", "The provided token is malformed or otherwise not valid."));
        }

        if (credentials.Expiration <= account.Time.GetUtcNow())
        {
            return (null, new S3Refusal(400, "ExpiredToken", "The provided token has expired."));
        }

        string canonical = SignatureVersion4.CanonicalObjectRequest(
            request.Method, request.RawPath, request.RawQuery, request.Headers, signed, request.Header("x-amz-content-sha256")!);
        string toSign = SignatureVersion4.StringToSign(timestamp, scope, canonical);
        byte[] key = SignatureVersion4.SigningKey(credentials.SecretAccessKey, scope[..8], account.Region, Service);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SignatureVersion4.Signature(key, toSign)), Encoding.ASCII.GetBytes(signature)))
        {
            return (null, new S3Refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
            {
                Details = [("AWSAccessKeyId", credentials.AccessKeyId), ("StringToSign", toSign), ("SignatureProvided", signature), ("CanonicalRequest", canonical)],
            });
        }

        (byte[] content, IReadOnlyList<(string, string)> trailers, S3Refusal? refusal) = S3Payload.Read(request, new S3Seed(key, timestamp, scope, signature));
        return refusal is null ? (new S3Caller(credentials, content, trailers), null) : (null, refusal);
    }

    // "You must include the host header and any x-amz-* headers in the request."
    private static S3Refusal? OfHeaders(ReceivedRequest request, string[] signed)
    {
        string? unsigned = request.Headers.Select(header => header.Key.ToLowerInvariant())
            .FirstOrDefault(name => (name.StartsWith("x-amz-", StringComparison.Ordinal) || name is "host" or "content-md5") && !signed.Contains(name));
        return unsigned is not null
            ? new S3Refusal(403, "AccessDenied", "There were headers present in the request which were not signed") { Details = [("HeadersNotSigned", unsigned)] }
            : signed.SequenceEqual(signed.Order(StringComparer.Ordinal).Distinct()) && signed.All(name => request.Header(name) is not null && !name.Any(char.IsAsciiLetterUpper))
                ? null
                : new S3Refusal(400, "AuthorizationHeaderMalformed", "SignedHeaders are in lower case, in order, each once and each in the request.");
    }

    private static S3Refusal? OfScope(string date, string region, string service, string timestamp, string expected) =>
        date != timestamp[..8] ? new S3Refusal(400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; Invalid credential date \"{date}\". This date is not the same as X-Amz-Date: \"{timestamp[..8]}\".")
        : region != expected ? new S3Refusal(400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; the region '{region}' is wrong; expecting '{expected}'") { Details = [("Region", expected)] }
        : service != Service ? new S3Refusal(400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; incorrect service \"{service}\". This endpoint belongs to \"s3\".")
        : null;

    private static S3Refusal? OfTime(DateTimeOffset at, DateTimeOffset now) => (at - now).Duration() <= Skew
        ? null
        : new S3Refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the server's time is too large.")
        {
            Details = [("RequestTime", AwsTime.Iso(at)), ("ServerTime", AwsTime.Iso(now)), ("MaxAllowedSkewMilliseconds", "900000")],
        };

    [GeneratedRegex(
        @"^AWS4-HMAC-SHA256 +Credential=(?<key>[^/,\s]+)/(?<date>\d{8})/(?<region>[^/,\s]+)/(?<service>[^/,\s]+)/aws4_request, *SignedHeaders=(?<headers>[^,\s]+), *Signature=(?<signature>[0-9a-f]{64})$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}

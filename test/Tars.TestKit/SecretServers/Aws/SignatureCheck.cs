using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>Why a signed request is refused.</summary>
internal enum SignatureFault
{
    Missing,
    Incomplete,
    UnknownKey,
    Expired,
    Mismatch,
}

/// <summary>What the check of a request's signature came to.</summary>
internal abstract record SignatureOutcome
{
    internal sealed record Good(AwsCredentials Credentials) : SignatureOutcome;

    internal sealed record Bad(SignatureFault Fault, string Message) : SignatureOutcome;
}

/// <summary>
/// Whether a request bears the signature it should: the algorithm of "Create a signed AWS API request", and the refusals of "Troubleshoot signed requests
/// for AWS APIs". Nothing of a client is used; the signature is computed anew from the bytes that came.
/// </summary>
internal static partial class SignatureCheck
{
    /// <summary>A request whose time differs from the service's by more is refused.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    internal static SignatureOutcome Verify(ReceivedRequest request, AwsAccount account, string service)
    {
        if (request.Header("Authorization") is not { } authorization)
        {
            return new SignatureOutcome.Bad(SignatureFault.Missing, "Missing Authentication Token");
        }

        Match match = Form().Match(authorization);
        if (!match.Success)
        {
            return new SignatureOutcome.Bad(SignatureFault.Incomplete, "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of AWS4-HMAC-SHA256.");
        }

        string timestamp = request.Header("X-Amz-Date") ?? "";
        if (!DateTimeOffset.TryParseExact(timestamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at))
        {
            return new SignatureOutcome.Bad(SignatureFault.Incomplete, $"Date must be in ISO-8601 'basic format'. Got '{timestamp}'.");
        }

        Claim claim = new(
            match.Groups["key"].Value, match.Groups["date"].Value, match.Groups["region"].Value, match.Groups["service"].Value,
            match.Groups["headers"].Value.Split(';'), match.Groups["signature"].Value);
        string? fault = OfHeaders(request, claim.SignedHeaders) ?? OfScope(claim, account.Region, service, timestamp) ?? OfTime(at, account.Time.GetUtcNow());
        if (fault is not null)
        {
            return new SignatureOutcome.Bad(SignatureFault.Mismatch, fault);
        }

        return OfKey(request, account, claim, timestamp);
    }

    private static SignatureOutcome OfKey(ReceivedRequest request, AwsAccount account, Claim claim, string timestamp)
    {
        if (account.Find(claim.AccessKeyId) is not { } credentials || request.Header("X-Amz-Security-Token") != credentials.SessionToken)
        {
            return new SignatureOutcome.Bad(SignatureFault.UnknownKey, "The security token included in the request is invalid.");
        }

        string payload = SignatureVersion4.Hash(request.Body.Span);
        string canonical = SignatureVersion4.CanonicalRequest(request.Method, request.RawPath, request.RawQuery, request.Headers, claim.SignedHeaders, payload);
        string toSign = SignatureVersion4.StringToSign(timestamp, $"{claim.Date}/{claim.Region}/{claim.Service}/aws4_request", canonical);
        byte[] key = SignatureVersion4.SigningKey(credentials.SecretAccessKey, claim.Date, claim.Region, claim.Service);
        bool isRight = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(SignatureVersion4.Signature(key, toSign)), Encoding.ASCII.GetBytes(claim.Signature));
        if (!isRight || (request.Header("X-Amz-Content-Sha256") is { } announced && announced != payload))
        {
            return new SignatureOutcome.Bad(
                SignatureFault.Mismatch,
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."
                + $" The Canonical String for this request should have been\n'{canonical}'\n\nThe String-to-Sign should have been\n'{toSign}'\n");
        }

        return credentials.Expiration <= account.Time.GetUtcNow()
            ? new SignatureOutcome.Bad(SignatureFault.Expired, "The security token included in the request is expired")
            : new SignatureOutcome.Good(credentials);
    }

    // "You must include the host header, any x-amz-* headers and content-type if present."
    private static string? OfHeaders(ReceivedRequest request, string[] signed)
    {
        if (!signed.SequenceEqual(signed.Order(StringComparer.Ordinal).Distinct()) || signed.Any(name => name.Any(char.IsAsciiLetterUpper)))
        {
            return "SignedHeaders must be lower case, in order and each once.";
        }

        if (!signed.Contains("host"))
        {
            return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        }

        string? absent = signed.FirstOrDefault(name => request.Header(name) is null);
        if (absent is not null)
        {
            return $"'{absent}' is a SignedHeader and not in the request.";
        }

        string? unsigned = request.Headers.Select(header => header.Key.ToLowerInvariant())
            .FirstOrDefault(name => (name.StartsWith("x-amz-", StringComparison.Ordinal) || name == "content-type") && !signed.Contains(name));
        return unsigned is null ? null : $"'{unsigned}' must be a 'SignedHeader' in the AWS Authorization.";
    }

    private static string? OfScope(Claim claim, string region, string service, string timestamp) =>
        claim.Date != timestamp[..8] ? $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{claim.Date}' != '{timestamp[..8]}', from '{timestamp}'."
        : claim.Region != region ? $"Credential should be scoped to a valid region, not '{claim.Region}'. "
        : claim.Service != service ? $"Credential should be scoped to correct service: '{service}'. "
        : null;

    private static string? OfTime(DateTimeOffset at, DateTimeOffset now) =>
        at < now - Skew ? $"Signature expired: {Stamp(at)} is now earlier than {Stamp(now - Skew)} ({Stamp(now)} - 5 min.)"
        : at > now + Skew ? $"Signature not yet current: {Stamp(at)} is still later than {Stamp(now + Skew)} ({Stamp(now)} + 5 min.)"
        : null;

    private static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^AWS4-HMAC-SHA256 +Credential=(?<key>[^/,\s]+)/(?<date>\d{8})/(?<region>[^/,\s]+)/(?<service>[^/,\s]+)/aws4_request, *SignedHeaders=(?<headers>[^,\s]+), *Signature=(?<signature>[0-9a-f]{64})$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    private sealed record Claim(string AccessKeyId, string Date, string Region, string Service, string[] SignedHeaders, string Signature);
}

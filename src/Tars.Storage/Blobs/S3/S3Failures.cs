using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Tars.Storage.Blobs.S3;

/// <summary>What is known of one failed request.</summary>
/// <param name="Problem">What happened.</param>
/// <param name="Hint">What to do.</param>
/// <param name="IsTransient">Whether the same request may succeed later.</param>
/// <param name="RetryAfter">The pause the service asked for; null when it did not.</param>
internal sealed record S3Failure(string Problem, string Hint, bool IsTransient, TimeSpan? RetryAfter)
{
    internal BlobStoreException ToException(string place, int attempts, TimeSpan? tooLong, Exception error)
    {
        string tried = attempts == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" ({attempts} attempts)");
        string wait = tooLong is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"; it asks for a pause of {tooLong.Value.TotalSeconds:0} s, longer than is waited here");
        return new BlobStoreException(place, Problem + tried + wait, Hint, IsTransient, error);
    }
}

/// <summary>What an error of a request means, by the codes of "Error responses" in the API reference of Amazon S3.</summary>
internal static class S3Failures
{
    internal const string NoSuchKey = "NoSuchKey";
    internal const string NoSuchUpload = "NoSuchUpload";
    internal const string NotFound = "NotFound";
    internal const string PreconditionFailed = "PreconditionFailed";

    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "ThrottlingException", "Throttling", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "OperationAborted", "ConditionalRequestConflict", "IncompleteBody", "503 SlowDown",
    };

    /// <summary>Whether an exception is one that requests end with.</summary>
    internal static bool Concerns(Exception error) =>
        error is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or OperationCanceledException or TimeoutException;

    /// <summary>Whether the service refused with one of these codes.</summary>
    internal static bool Is(Exception error, params ReadOnlySpan<string> codes) => error is AmazonServiceException refusal && codes.Contains(CodeOf(refusal));

    internal static S3Failure Of(Exception error, S3BlobStoreOptions options)
    {
        if (Inner<AuthenticationException>(error) is { } tls)
        {
            return new($"no TLS: {tls.Message}", "look at the certificate of the endpoint, and name its authority if it is private", IsTransient: false, null);
        }

        if (error is AmazonServiceException { StatusCode: not 0 } refusal)
        {
            return OfRefusal(refusal, options);
        }

        return error is OperationCanceledException or TimeoutException || Inner<TimeoutException>(error) is not null
            ? new(string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds:0.###} s"), "look whether the service is there and the network is not overloaded", IsTransient: true, null)
            : new($"the connection failed: {Innermost(error).Message}", "look whether the endpoint is right and reachable", IsTransient: Inner<HttpRequestException>(error) is not null || Inner<IOException>(error) is not null, null);
    }

    /// <summary>The code; for an answer without a body, such as to HEAD, one that follows from its status.</summary>
    internal static string CodeOf(AmazonServiceException refusal) => refusal switch
    {
        { StatusCode: HttpStatusCode.PreconditionFailed } => PreconditionFailed,
        { ErrorCode: { Length: > 0 } code } when !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out _) => code,
        { StatusCode: HttpStatusCode.NotFound } => NotFound,
        { StatusCode: HttpStatusCode.Forbidden } => "AccessDenied",
        _ => string.Create(CultureInfo.InvariantCulture, $"status {(int)refusal.StatusCode}"),
    };

    private static S3Failure OfRefusal(AmazonServiceException refusal, S3BlobStoreOptions options)
    {
        string code = CodeOf(refusal);
        string said = $"{code}: {refusal.Message}";
        return code switch
        {
            "NoSuchBucket" => new($"there is no bucket \"{options.Bucket}\"", "create it, or correct bucket, region and endpoint", IsTransient: false, null),
            "AccessDenied" or "AllAccessDisabled" => new($"access denied ({said})", "the keys need s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListBucket and s3:ListBucketMultipartUploads here, and use of the KMS key if there is one", IsTransient: false, null),
            "InvalidAccessKeyId" => new("the access key is unknown to the service", "correct the keys, or the endpoint they belong to", IsTransient: false, null),
            "ExpiredToken" or "InvalidToken" => new($"the session token is no longer good ({code})", "get new temporary keys", IsTransient: false, null),
            "SignatureDoesNotMatch" => new("the signature is not what the service computes", "the secret key is wrong, or a proxy changes requests", IsTransient: false, null),
            "RequestTimeTooSkewed" => new("this machine's clock differs from the service's by more than 15 minutes", "set the clock", IsTransient: false, null),
            "AuthorizationHeaderMalformed" or "PermanentRedirect" or "TemporaryRedirect" => new($"the region does not fit the bucket ({said})", $"\"{options.Region}\" is not the bucket's region", IsTransient: false, null),
            "BadDigest" or "InvalidDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" => new($"the service received other bytes than were sent ({code})", "something on the way or in this machine's memory changes data", IsTransient: true, null),
            "NotImplemented" => new($"the service does not have what is needed ({said})", "conditional writes (If-None-Match) and SHA-256 checksums are needed", IsTransient: false, null),
            _ => new(said, refusal.RequestId is { Length: > 0 } id ? $"the service knows it as request {id}" : string.Empty, IsTransient(code, refusal.StatusCode), RetryAfterOf(refusal)),
        };
    }

    private static bool IsTransient(string code, HttpStatusCode status) =>
        TransientCodes.Contains(code) || status is HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Whole seconds (RFC 9110 section 10.2.3); the form with a date is not used by storage services and passes as none.</summary>
    private static TimeSpan? RetryAfterOf(AmazonServiceException refusal) =>
        refusal.InnerException is HttpErrorResponseException answer
        && int.TryParse(answer.Response?.GetHeaderValue("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static T? Inner<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T wanted)
            {
                return wanted;
            }
        }

        return null;
    }

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}

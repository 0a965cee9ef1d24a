using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// AWS's error codes. Only documented ones are ever shown: an answer's own text can repeat what was sent, such as the canonical request
/// with its session token. Source: AWS Secrets Manager API Reference, "GetSecretValue" and "Common Errors"; AWS STS API Reference.
/// </summary>
internal static class AwsErrors
{
    private static readonly HashSet<string> Documented = new(StringComparer.Ordinal)
    {
        "AccessDenied", "AccessDeniedException", "DecryptionFailure", "ExpiredToken", "ExpiredTokenException", "IDPCommunicationError", "IDPRejectedClaim",
        "IncompleteSignature", "IncompleteSignatureException", "InternalFailure", "InternalServiceError", "InvalidAction", "InvalidClientTokenId",
        "InvalidIdentityToken", "InvalidParameterException", "InvalidParameterValue", "InvalidRequestException", "InvalidSignatureException",
        "MalformedPolicyDocument", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized", "OptInRequired", "PackedPolicyTooLarge",
        "ProvisionedThroughputExceededException", "RegionDisabledException", "RequestExpired", "RequestLimitExceeded", "RequestTimeTooSkewed",
        "ResourceNotFoundException", "ServiceUnavailable", "SignatureDoesNotMatch", "Throttling", "ThrottlingException", "TooManyRequestsException",
        "UnrecognizedClientException", "ValidationError", "ValidationException",
    };

    private static readonly HashSet<string> Throttled = new(StringComparer.Ordinal)
    {
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException",
    };

    /// <summary>Returns <paramref name="code"/> when it is documented, else null.</summary>
    public static string? Known(string code) => Documented.TryGetValue(code, out string? known) ? known : null;

    /// <summary>Returns the documented error code of an answer of Secrets Manager, or null when it has none.</summary>
    public static string? CodeOf(SecretResponse response)
    {
        string? text = response.Headers("x-amzn-ErrorType") is [string header] ? header.Split(':')[0] : null;
        if (text is null)
        {
            try
            {
                text = JsonFields.FindText(response.Body, "__type");
            }
            catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
            {
                return null;
            }
        }

        // "com.amazonaws.secretsmanager#ResourceNotFoundException" and the bare name are both in use.
        return text is null ? null : Known(text[(text.LastIndexOf('#') + 1)..]);
    }

    /// <summary>Whether an answer may pass: throttled, or the service's own failure.</summary>
    public static bool IsPassing(SecretResponse response) =>
        SecretConnection.IsPassing(response) || (!response.IsSuccess && CodeOf(response) is { } code && Throttled.Contains(code));

    /// <summary>Whether new credentials may help.</summary>
    public static bool IsCredentialRefusal(string? code) =>
        code is "ExpiredToken" or "ExpiredTokenException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidSignatureException" or "SignatureDoesNotMatch";

    /// <summary>Returns what an error means and the way out.</summary>
    /// <param name="code">The code; null for none that is documented.</param>
    /// <param name="response">The answer.</param>
    /// <param name="credentials">Where the credentials are from.</param>
    /// <param name="region">The region that was asked.</param>
    public static string Explain(string? code, SecretResponse response, string credentials, string region)
    {
        string shown = code is null ? "" : $" {code}";
        return code switch
        {
            "AccessDeniedException" or "AccessDenied" or "NotAuthorized" => $"AWS refuses ({code}): the credentials of {credentials} lack secretsmanager:GetSecretValue for it",
            "DecryptionFailure" => $"AWS refuses ({code}): the secret's KMS key cannot be used; is it enabled, and do the credentials of {credentials} have kms:Decrypt?",
            "ExpiredToken" or "ExpiredTokenException" => $"AWS refuses ({code}): the session of {credentials} has expired; get new credentials",
            "InvalidClientTokenId" or "UnrecognizedClientException" => $"AWS refuses ({code}): it does not know the access key of {credentials}",
            "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature" or "IncompleteSignatureException" when IsScope(response) =>
                $"AWS refuses ({code}): the endpoint belongs to another region than {region}; set secrets.aws_region to the endpoint's",
            "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature" or "IncompleteSignatureException" =>
                $"AWS refuses ({code}): the signature made with {credentials} is not right; is the secret access key the one of the access key id?",
            "RequestExpired" or "RequestTimeTooSkewed" => $"AWS refuses ({code}): the request's time is not AWS's",
            "InvalidRequestException" => $"AWS refuses ({code}): the secret is marked for deletion, or the version does not fit the request",
            "InvalidParameterException" or "ValidationException" => $"AWS refuses ({code}): it takes no such secret name or version",
            _ => $"AWS answered {(int)response.Status}{shown}",
        };
    }

    // The service's text for a signature of another region; it is looked for, never shown.
    private static bool IsScope(SecretResponse response) =>
        response.Body.IndexOf("scoped to a valid region"u8) >= 0 || response.Body.IndexOf("scoped to correct region"u8) >= 0;
}

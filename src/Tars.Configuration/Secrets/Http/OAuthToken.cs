using System.Text.Json;

namespace Tars.Configuration.Secrets.Http;

/// <summary>The answer of an OAuth 2.0 token endpoint (RFC 6749, sections 5.1 and 5.2).</summary>
internal static class OAuthToken
{
    /// <summary>Reads the token of an answer.</summary>
    /// <exception cref="SecretBackendException">It is none.</exception>
    public static AccessToken Read(SecretResponse response, TimeProvider time)
    {
        try
        {
            string? type = JsonFields.FindText(response.Body, "token_type");
            long seconds = JsonFields.FindNumber(response.Body, "expires_in") ?? throw new JsonException("no end");
            if (!"Bearer".Equals(type, StringComparison.OrdinalIgnoreCase) || seconds is < 0 or > 31_536_000)
            {
                throw new JsonException("another token");
            }

            Secret token = JsonFields.FindSecret(response.Body, "access_token") ?? throw new JsonException("no token");
            return new AccessToken(token, time.GetUtcNow().AddSeconds(seconds));
        }
        catch (JsonException exception)
        {
            throw response.Malformed("something other than a bearer token as JSON", exception);
        }
    }

    /// <summary>Returns the error's code when it is one that RFC 6749 or 7523 defines, else null: an answer's own text can repeat what was sent.</summary>
    public static string? ErrorOf(SecretResponse response)
    {
        try
        {
            return JsonFields.FindText(response.Body, "error") switch
            {
                "invalid_request" => "invalid_request",
                "invalid_client" => "invalid_client",
                "invalid_grant" => "invalid_grant",
                "unauthorized_client" => "unauthorized_client",
                "unsupported_grant_type" => "unsupported_grant_type",
                "invalid_scope" => "invalid_scope",
                "invalid_resource" => "invalid_resource",
                "access_denied" => "access_denied",
                _ => null,
            };
        }
        catch (Exception exception) when (exception is JsonException or System.Text.DecoderFallbackException)
        {
            return null;
        }
    }
}

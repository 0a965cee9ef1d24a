using System.Globalization;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>The form in which container and instance endpoints give credentials.</summary>
internal static class AwsCredentialsJson
{
    /// <summary>Reads the credentials of an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="source">Where they are from, for messages.</param>
    /// <exception cref="SecretBackendException">They cannot be read.</exception>
    public static AwsCredentials Read(SecretResponse response, string source)
    {
        Secret? key = null;
        Secret? token = null;
        try
        {
            string? id = JsonFields.FindText(response.Body, "AccessKeyId");
            key = JsonFields.FindSecret(response.Body, "SecretAccessKey");
            token = JsonFields.FindSecret(response.Body, "Token");
            string? end = JsonFields.FindText(response.Body, "Expiration");
            DateTimeOffset? expires = end is null ? null
                : DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed) ? parsed
                : throw new JsonException("no time");
            if (string.IsNullOrEmpty(id) || key is null || key.Length == 0)
            {
                throw new JsonException("no credentials");
            }

            AwsCredentials credentials = new(id, key, token, expires, source);
            (key, token) = (null, null);
            return credentials;
        }
        catch (JsonException exception)
        {
            throw response.Malformed("something other than credentials as JSON", exception);
        }
        finally
        {
            key?.Dispose();
            token?.Dispose();
        }
    }
}

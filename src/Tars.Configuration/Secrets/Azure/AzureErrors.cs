using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Azure;

/// <summary>Key Vault's error codes (Azure Key Vault REST API error codes); only these are ever shown.</summary>
internal static class AzureErrors
{
    private static readonly HashSet<string> Documented = new(StringComparer.Ordinal)
    {
        "AccessDenied", "BadParameter", "Forbidden", "ForbiddenByConnection", "ForbiddenByFirewall", "ForbiddenByPolicy", "ForbiddenByRbac", "InternalServerError",
        "SecretDisabled", "SecretNotFound", "ServiceUnavailable", "Throttled", "Unauthorized", "VaultNotFound",
    };

    /// <summary>Returns the outer code of an answer, or null when it has none that is documented.</summary>
    public static string? CodeOf(SecretResponse response) => Known(response, "error", "code");

    /// <summary>Returns what an error means and the way out.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="source">Where the token is from.</param>
    public static string Explain(SecretResponse response, string source)
    {
        string? code = Known(response, "error", "innererror", "code") ?? CodeOf(response);
        string shown = code is null ? $"{(int)response.Status}" : code;
        return (code, (int)response.Status) switch
        {
            ("SecretDisabled", _) => "the vault refuses (SecretDisabled): this version of the secret is disabled; enable it or name another",
            ("ForbiddenByFirewall" or "ForbiddenByConnection", _) => $"the vault refuses ({shown}): its firewall does not admit this machine",
            (_, 401) => $"the vault does not take the token of {source}",
            (_, 403) => $"the vault refuses ({shown}): {source} lacks the permission to get secrets",
            ("BadParameter", _) => "the vault refuses (BadParameter): it takes no such secret name or version",
            _ => $"the vault answered {(int)response.Status}{(code is null ? "" : $" {code}")}",
        };
    }

    private static string? Known(SecretResponse response, params ReadOnlySpan<string> path)
    {
        try
        {
            return JsonFields.FindText(response.Body, path) is { } code && Documented.TryGetValue(code, out string? known) ? known : null;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}

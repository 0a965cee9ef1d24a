using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Gcp;

/// <summary>Google's error statuses (Google Cloud APIs, "Errors"); only these are ever shown.</summary>
internal static class GcpErrors
{
    private static readonly HashSet<string> Documented = new(StringComparer.Ordinal)
    {
        "ABORTED", "ALREADY_EXISTS", "CANCELLED", "DATA_LOSS", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION", "INTERNAL", "INVALID_ARGUMENT", "NOT_FOUND",
        "OUT_OF_RANGE", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "UNAUTHENTICATED", "UNAVAILABLE", "UNIMPLEMENTED", "UNKNOWN",
    };

    /// <summary>Returns the status of an answer, or null when it has none that is documented.</summary>
    public static string? StatusOf(SecretResponse response)
    {
        try
        {
            return JsonFields.FindText(response.Body, "error", "status") is { } status && Documented.TryGetValue(status, out string? known) ? known : null;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Returns what an error means and the way out.</summary>
    /// <param name="status">The status; null for none that is documented.</param>
    /// <param name="response">The answer.</param>
    /// <param name="source">Where the token is from.</param>
    public static string Explain(string? status, SecretResponse response, string source)
    {
        string shown = status is null ? "" : $" {status}";
        return status switch
        {
            "FAILED_PRECONDITION" => "Google refuses (FAILED_PRECONDITION): the version is disabled or destroyed; enable it or name another",
            "INVALID_ARGUMENT" => "Google refuses (INVALID_ARGUMENT): it takes no such secret name or version",
            "PERMISSION_DENIED" => $"Google refuses (PERMISSION_DENIED): {source} lacks secretmanager.versions.access for it, or the Secret Manager API is off in the project",
            "UNAUTHENTICATED" => $"Google refuses (UNAUTHENTICATED): it does not take the token of {source}",
            _ => $"Google answered {(int)response.Status}{shown}",
        };
    }
}

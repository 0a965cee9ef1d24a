using System.Text.Json;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// What Vault says is wrong, in words known beforehand. Its own text is never repeated: it may quote a token, a password of a database, or
/// whatever stands between sends.
/// </summary>
internal static class VaultWords
{
    // The words of Vault's public documentation and sources; matched without regard to case.
    private static readonly string[] Known =
    [
        "permission denied", "invalid token", "bad token", "token not found", "missing client token", "Vault is sealed", "Vault is not initialized", "path disabled in replication DR secondary mode",
        "invalid role or secret ID", "invalid role ID", "invalid secret id", "missing role_id", "missing secret_id", "secret id has expired", "invalid role name",
        "role could not be found", "missing role", "missing jwt", "invalid audience", "audience claim", "token is expired", "error validating token", "no known key successfully validated the token signature",
        "error verifying token", "error validating claims", "could not load configuration", "service account name not authorized", "namespace not authorized",
        "lookup failed", "token review", "namespace not found", "no namespace", "no handler for route", "route entry not found", "unsupported path",
        "unsupported operation", "Invalid path for a versioned K/V secrets engine", "preflight capability check returned 403", "lease not found",
        "lease expired", "lease is not renewable", "rate limit quota exceeded", "lease count quota exceeded", "required index state not present",
        "unknown role", "failed to find entry for connection", "error creating user", "failed to connect", "context deadline exceeded",
        "X-Vault-Request", "internal error", "local node not active but active cluster node not found", "node not active",
    ];

    /// <summary>Returns the known words in the answer's <c>errors</c>, each once, joined by commas; null when there are errors but none is known; empty when there are no errors.</summary>
    public static string? Of(VaultDocument document)
    {
        if (document.Find("errors") is not JsonElement { ValueKind: JsonValueKind.Array } errors || errors.GetArrayLength() == 0)
        {
            return "";
        }

        List<string> words = [];
        foreach (JsonElement error in errors.EnumerateArray().Take(20))
        {
            if (error.ValueKind != JsonValueKind.String)
            {
                continue;
            }

            using Secret? text = VaultDocument.SecretOf(error);
            string said = text is null ? "" : System.Text.Encoding.UTF8.GetString(text.Bytes);
            words.AddRange(Known.Where(known => said.Contains(known, StringComparison.OrdinalIgnoreCase)));
        }

        return words.Count == 0 ? null : string.Join(", ", words.Distinct(StringComparer.Ordinal));
    }

    /// <summary>Returns <c>answered 403: permission denied</c>.</summary>
    public static string Told(VaultReply.Answered answer) => Of(answer.Document) switch
    {
        null => $"answered {answer.Status} with words that are not repeated here; Vault's own log has them",
        "" => $"answered {answer.Status}",
        string words => $"answered {answer.Status}: {words}",
    };
}

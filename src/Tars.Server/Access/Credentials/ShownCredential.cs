using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tars.Server.Access.Credentials;

/// <summary>The credential in a request's headers. One, or none: of two nobody could say which one counts.</summary>
/// <param name="Text">The header's value; null when no credential is shown.</param>
/// <param name="Start">Where in it the credential begins.</param>
/// <param name="Problem">Why it cannot be one, for the audit log; null when it can.</param>
internal readonly record struct ShownCredential(string? Text, int Start, string? Problem)
{
    /// <summary>The header of API keys.</summary>
    public const string ApiKeyHeader = "X-API-Key";

    private const string Scheme = "Bearer ";

    /// <summary>The credential itself.</summary>
    public ReadOnlySpan<char> Value => Text.AsSpan(Start);

    /// <summary>Reads the headers.</summary>
    public static ShownCredential Of(IHeaderDictionary headers)
    {
        StringValues authorization = headers.Authorization;
        bool hasKey = headers.TryGetValue(ApiKeyHeader, out StringValues key);
        if (authorization.Count == 0)
        {
            return !hasKey ? default : key is [{ Length: > 0 } one] ? new ShownCredential(one, 0, null) : new ShownCredential(null, 0, "malformed");
        }

        if (hasKey || authorization.Count > 1)
        {
            return new ShownCredential(null, 0, "two credentials");
        }

        string? text = authorization[0];
        return text is not null && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && text.Length > Scheme.Length
            ? new ShownCredential(text, Scheme.Length, null)
            : new ShownCredential(null, 0, "another scheme");
    }
}

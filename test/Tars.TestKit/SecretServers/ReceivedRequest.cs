using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers;

/// <summary>One request as it came over the wire.</summary>
/// <param name="Method">The method in upper case as sent.</param>
/// <param name="Target">Path and query as sent, percent-encoding untouched.</param>
/// <param name="Headers">Each header line in order, host among them. A name that was sent twice stands here twice.</param>
/// <param name="Body">The body; empty without one.</param>
/// <param name="IsTls">Whether it came over TLS.</param>
/// <param name="At">When, by the server's clock.</param>
public sealed record ReceivedRequest(
    string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body, bool IsTls, DateTimeOffset At)
{
    /// <summary>The path as sent, without the query.</summary>
    public string RawPath => Target.Split('?', 2)[0];

    /// <summary>The path with percent-encoding resolved.</summary>
    public string Path => Uri.UnescapeDataString(RawPath);

    /// <summary>The query as sent, without the question mark; empty without one.</summary>
    public string RawQuery => Target.Split('?', 2) is [_, string query] ? query : "";

    /// <summary>The body as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The one value of a header; null when it is absent. Lines of one name are joined with a comma, as RFC 9110 section 5.3 has it.</summary>
    public string? Header(string name)
    {
        string[] values = [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
        return values.Length == 0 ? null : string.Join(",", values);
    }

    /// <summary>The first value of a query parameter, decoded; null when it is absent, empty when it has no value.</summary>
    public string? Query(string name) => Pair(RawQuery, name);

    /// <summary>The first value of a field of a form body; null when it is absent or the body is no form.</summary>
    public string? Field(string name) =>
        Header("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true ? Pair(Text, name) : null;

    /// <summary>The body as a JSON object; null when it is anything else.</summary>
    public JsonObject? Json()
    {
        try
        {
            return JsonNode.Parse(Body.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Pair(string pairs, string name)
    {
        foreach (string pair in pairs.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (WebUtility.UrlDecode(parts[0]) == name)
            {
                return parts.Length == 2 ? WebUtility.UrlDecode(parts[1]) : "";
            }
        }

        return null;
    }
}

using System.Security.Cryptography;
using System.Text;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>The one form of a request that both sides of Signature Version 4 compute.</summary>
internal static class CanonicalRequest
{
    /// <summary>Returns the canonical request.</summary>
    /// <param name="request">The request with all its signed headers.</param>
    /// <param name="normalizePath">Whether <c>.</c>, <c>..</c> and empty segments are resolved.</param>
    /// <param name="signedHeaders">Receives the names of the headers, as the signature lists them.</param>
    public static string Of(SigV4Request request, bool normalizePath, out string signedHeaders)
    {
        (string Name, string Value)[] headers =
        [
            .. request.Headers
                .GroupBy(header => header.Name.ToLowerInvariant(), header => Squeezed(header.Value))
                .Select(group => (group.Key, string.Join(',', group)))
                .OrderBy(header => header.Key, StringComparer.Ordinal),
        ];
        signedHeaders = string.Join(';', headers.Select(header => header.Name));
        StringBuilder text = new();
        text.Append(request.Method).Append('\n');
        text.Append(Encoded(normalizePath ? Normalized(request.Path) : request.Path, keepSlash: true)).Append('\n');
        text.Append(Query(request.Query)).Append('\n');
        foreach ((string name, string value) in headers)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }

        return text.Append('\n').Append(signedHeaders).Append('\n')
            .Append(Convert.ToHexStringLower(SHA256.HashData(request.Body.Span))).ToString();
    }

    // Each name and value is decoded and encoded again, so that either spelling of the same query signs alike.
    private static string Query(string query)
    {
        IEnumerable<(string Name, string Value)> parts = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            string[] pair = part.Split('=', 2);
            return (Recoded(pair[0]), pair.Length > 1 ? Recoded(pair[1]) : "");
        });
        return string.Join('&', parts
            .OrderBy(part => part.Name, StringComparer.Ordinal).ThenBy(part => part.Value, StringComparer.Ordinal)
            .Select(part => $"{part.Name}={part.Value}"));
    }

    // RFC 3986, section 5.2.4, and runs of slashes are one.
    private static string Normalized(string path)
    {
        List<string> kept = [];
        string[] segments = path.Split('/');
        foreach (string segment in segments)
        {
            if (segment == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                kept.Add(segment);
            }
        }

        string end = kept.Count > 0 && segments[^1] is "" or "." or ".." ? "/" : "";
        return kept.Count == 0 ? "/" : $"/{string.Join('/', kept)}{end}";
    }

    private static string Squeezed(string value) =>
        string.Join(' ', value.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Recoded(string text) => Encoded(Uri.UnescapeDataString(text), keepSlash: false);

    private static string Encoded(string text, bool keepSlash)
    {
        using ClearedBuffer buffer = new();
        PercentEncoding.Append(buffer, Encoding.UTF8.GetBytes(text), keepSlash);
        return Encoding.ASCII.GetString(buffer.Span);
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>
/// The pieces of Signature Version 4, from "Create a signed AWS API request" (IAM User Guide). Everything starts from the request as it came over the
/// wire, because that is what a service has.
/// </summary>
public static class SignatureVersion4
{
    /// <summary>Name of the algorithm.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Step 1: the canonical request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="rawPath">The path as sent. Its segments are encoded once more, as every service but S3 does.</param>
    /// <param name="rawQuery">The query as sent, without the question mark.</param>
    /// <param name="headers">All header lines.</param>
    /// <param name="signedHeaders">Lower-case names of those that are signed, in order.</param>
    /// <param name="payloadHash">SHA-256 of the body in lower-case hex.</param>
    public static string CanonicalRequest(
        string method, string rawPath, string rawQuery, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<string> signedHeaders, string payloadHash)
    {
        return Canonical(method, CanonicalPath(rawPath), rawQuery, headers, signedHeaders, payloadHash);
    }

    /// <summary>Step 1 for Amazon S3, whose keys are taken as they are: each byte of the path is encoded once, and dots and empty segments stay.</summary>
    /// <inheritdoc cref="CanonicalRequest"/>
    public static string CanonicalObjectRequest(
        string method, string rawPath, string rawQuery, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<string> signedHeaders, string payloadHash) =>
        Canonical(method, string.Join('/', rawPath.Split('/').Select(segment => UriEncode(Uri.UnescapeDataString(segment)))), rawQuery, headers, signedHeaders, payloadHash);

    private static string Canonical(
        string method, string path, string rawQuery, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<string> signedHeaders, string payloadHash)
    {
        StringBuilder text = new();
        text.Append(method).Append('\n').Append(path).Append('\n').Append(CanonicalQuery(rawQuery)).Append('\n');
        foreach (string name in signedHeaders)
        {
            IEnumerable<string> values = headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => OneSpace(header.Value));
            text.Append(name).Append(':').AppendJoin(',', values).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signedHeaders).Append('\n').Append(payloadHash).ToString();
    }

    /// <summary>Step 3: the string to sign.</summary>
    public static string StringToSign(string timestamp, string scope, string canonicalRequest) =>
        $"{Algorithm}\n{timestamp}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonicalRequest))}";

    /// <summary>The signing key of one day, region and service.</summary>
    public static byte[] SigningKey(string secretAccessKey, string date, string region, string service)
    {
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secretAccessKey);
        foreach (string part in new[] { date, region, service, "aws4_request" })
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }

    /// <summary>Step 4: the signature in lower-case hex.</summary>
    public static string Signature(byte[] signingKey, string stringToSign) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(stringToSign)));

    /// <summary>SHA-256 in lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Percent-encoding: everything but letters, digits, <c>- . _ ~</c>, byte by byte, in upper-case hex.</summary>
    public static string UriEncode(string text)
    {
        StringBuilder encoded = new();
        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || (char)one is '-' or '.' or '_' or '~')
            {
                encoded.Append((char)one);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }

        return encoded.ToString();
    }

    // RFC 3986 section 6: no dot segments, no empty segments; then each segment is encoded.
    private static string CanonicalPath(string rawPath)
    {
        List<string> segments = [];
        string[] parts = rawPath.Split('/');
        foreach (string segment in parts)
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                segments.Add(UriEncode(segment));
            }
        }

        bool folder = segments.Count > 0 && parts[^1] is "" or "." or "..";
        return segments.Count == 0 ? "/" : "/" + string.Join('/', segments) + (folder ? "/" : "");
    }

    private static string CanonicalQuery(string rawQuery)
    {
        IEnumerable<(string Name, string Value)> pairs = rawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            string[] parts = pair.Split('=', 2);
            return (UriEncode(Uri.UnescapeDataString(parts[0])), parts.Length == 2 ? UriEncode(Uri.UnescapeDataString(parts[1])) : "");
        });
        return string.Join('&', pairs
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}"));
    }

    private static string OneSpace(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

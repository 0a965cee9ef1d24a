using System.Text;
using System.Text.Json;

namespace Tars.Observability.Prometheus;

/// <summary>
/// The credentials that go out with every request. A server, or a proxy before it, may repeat a request in its answer: what it says is
/// shown only with these taken out.
/// </summary>
internal sealed class SentSecrets
{
    private const string Shown = "(secret)";

    // A shorter value is no secret, and taking it out would garble what the server says.
    private const int ShortestLength = 4;

    private readonly string[] _spellings;

    /// <summary>Collects what <paramref name="options"/> sends: password, token and header values, plain and as they travel.</summary>
    public SentSecrets(PrometheusOptions options)
    {
        string[] inUrl = [.. options.Url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        string? password = options.Password ?? inUrl.ElementAtOrDefault(1);
        string?[] sent = [password, options.BearerToken, password is null ? null : Base64($"{options.Username ?? inUrl[0]}:{password}"), .. options.Headers.Values];
        _spellings = [.. sent.OfType<string>().Where(text => text.Length >= ShortestLength).SelectMany(SpellingsOf).Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length)];
    }

    /// <summary>Returns <paramref name="text"/> with every credential replaced by <c>(secret)</c>.</summary>
    public string Mask(string text)
    {
        foreach (string spelling in _spellings)
        {
            text = text.Replace(spelling, Shown, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static IEnumerable<string> SpellingsOf(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [text, JsonEncodedText.Encode(text).ToString(), Uri.EscapeDataString(text), Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexString(bytes)];
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

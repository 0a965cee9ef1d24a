using System.Text;

namespace Tars.Observability.Prometheus;

/// <summary>A request to the HTTP API v1.</summary>
/// <param name="Path">Below <c>/api/v1/</c>, or a path from the backend's root when it begins with a slash.</param>
/// <param name="Parameters">Name and value of each parameter, in order; names may repeat.</param>
/// <param name="MayPost">Whether the endpoint takes its parameters as a form too.</param>
/// <param name="Query">The PromQL text, for messages, or null.</param>
internal sealed record ApiRequest(string Path, IReadOnlyList<KeyValuePair<string, string>> Parameters, bool MayPost = false, string? Query = null)
{
    /// <summary>Addresses stay below this length; servers and proxies refuse those past a few thousand characters.</summary>
    private const int LongestGet = 1500;

    /// <summary>The parameters as <c>application/x-www-form-urlencoded</c>.</summary>
    public string Form()
    {
        StringBuilder text = new();
        foreach ((string name, string value) in Parameters)
        {
            text.Append(text.Length > 0 ? "&" : string.Empty).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    /// <summary>The address it goes to, without parameters.</summary>
    public Uri AddressUnder(Uri root) => Path[0] == '/' ? new Uri(root, Path[1..]) : new Uri(root, "api/v1/" + Path);

    /// <summary>The HTTP message.</summary>
    /// <param name="root">The backend's root, ended by a slash.</param>
    /// <param name="method">How parameters are sent.</param>
    /// <param name="postRefused">Whether the backend has refused POST before.</param>
    public HttpRequestMessage Message(Uri root, QueryMethod method, bool postRefused)
    {
        string form = Form();
        bool post = MayPost && !postRefused && (method == QueryMethod.Post || (method == QueryMethod.Auto && form.Length > LongestGet));
        Uri address = AddressUnder(root);
        return post
            ? new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded") }
            : new HttpRequestMessage(HttpMethod.Get, form.Length == 0 ? address : new Uri($"{address}?{form}"));
    }
}

using System.Text;

namespace Tars.Configuration.Secrets.Http;

/// <summary>One attempt's request. The body is zeroed on <see cref="Dispose"/>; header values are strings, because HTTP headers are, and live as long as this.</summary>
/// <param name="method">The method.</param>
/// <param name="address">The absolute address; shown in messages without its query.</param>
internal sealed class SecretRequest(HttpMethod method, Uri address) : IDisposable
{
    private readonly List<(string Name, string Value)> _headers = [];
    private ClearedBuffer? _body;
    private string _contentType = "";

    /// <summary>The method.</summary>
    public HttpMethod Method => method;

    /// <summary>The address.</summary>
    public Uri Address => address;

    /// <summary>The headers, in the order they were added.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers => _headers;

    /// <summary>The body; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Body => _body?.Memory ?? default;

    /// <summary>Adds a header. A value that cannot be one (a line break in a token) is refused without showing it.</summary>
    /// <exception cref="SecretBackendException">The value holds a control or non-ASCII character.</exception>
    public SecretRequest With(string name, string value)
    {
        foreach (char c in value)
        {
            if (c is < ' ' or > '~')
            {
                throw SecretBackendException.Refused($"the value for the header {name} has a character that no header can hold; is there a line break in it?");
            }
        }

        _headers.Add((name, value));
        return this;
    }

    /// <summary>Gives the request a body, which it owns from now on.</summary>
    public SecretRequest With(ClearedBuffer body, string contentType)
    {
        (_body, _contentType) = (body, contentType);
        return this;
    }

    /// <summary>Gives the request a form as its body.</summary>
    /// <param name="fields">Names and values, unescaped.</param>
    public SecretRequest WithForm(params ReadOnlySpan<(string Name, ReadOnlyMemory<byte> Value)> fields)
    {
        ClearedBuffer form = new();
        foreach ((string name, ReadOnlyMemory<byte> value) in fields)
        {
            if (form.Length > 0)
            {
                form.Write("&"u8);
            }

            PercentEncoding.Append(form, Encoding.UTF8.GetBytes(name), keepSlash: false);
            form.Write("="u8);
            PercentEncoding.Append(form, value.Span, keepSlash: false);
        }

        return With(form, "application/x-www-form-urlencoded");
    }

    /// <summary>Returns the message to send.</summary>
    /// <param name="target">Where to; another address than <see cref="Address"/> after a redirect.</param>
    internal HttpRequestMessage ToMessage(Uri target)
    {
        HttpRequestMessage message = new(method, target);
        if (_body is not null)
        {
            message.Content = new ReadOnlyMemoryContent(_body.Memory);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", _contentType);
        }

        foreach ((string name, string value) in _headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    /// <inheritdoc/>
    public void Dispose() => _body?.Dispose();
}

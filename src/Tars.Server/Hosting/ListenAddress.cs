using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tars.Server.Hosting;

/// <summary>Where the server listens.</summary>
/// <param name="Host">An address of this machine, a name of it, or <c>*</c> for all.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
/// <param name="IsTls">Whether TLS is spoken there.</param>
public sealed record ListenAddress(string Host, int Port, bool IsTls)
{
    /// <summary>Reads <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="refusal">Why it is none; null when it is one.</param>
    public static ListenAddress? Parse(string text, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(text);
        string read = text.Replace("://*:", "://0.0.0.0:", StringComparison.Ordinal).Replace("://+:", "://0.0.0.0:", StringComparison.Ordinal);
        refusal = !Uri.TryCreate(read, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) ? "is no address like http://127.0.0.1:8100"
            : url.PathAndQuery != "/" || url.UserInfo.Length > 0 || url.Fragment.Length > 0 ? "has more than a scheme, a host and a port"
            : null;
        return refusal is null ? new ListenAddress(url!.Host.Trim('[', ']'), url.Port, url.Scheme == Uri.UriSchemeHttps) : null;
    }

    /// <summary>Listens there.</summary>
    /// <param name="options">Kestrel.</param>
    /// <param name="tls">Makes an endpoint speak TLS.</param>
    /// <exception cref="ListenException">The host is no address of this machine.</exception>
    public void Listen(KestrelServerOptions options, Action<ListenOptions> tls)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tls);
        Action<ListenOptions> endpoint = IsTls ? tls : _ => { };
        if (Host == "*")
        {
            options.ListenAnyIP(Port, endpoint);
            return;
        }

        foreach (IPAddress address in Addresses())
        {
            options.Listen(address, Port, endpoint);
        }
    }

    /// <summary>The addresses of this machine that are meant.</summary>
    /// <exception cref="ListenException">The host is none.</exception>
    public IReadOnlyList<IPAddress> Addresses()
    {
        if (Host == "*")
        {
            return [IPAddress.Any];
        }

        if (IPAddress.TryParse(Host, out IPAddress? address))
        {
            return [address];
        }

        try
        {
            IPAddress[] found = Dns.GetHostAddresses(Host);
            return Port == 0 ? found[..1] : found;
        }
        catch (SocketException exception)
        {
            throw new ListenException($"{Host}: no such host: {exception.Message}", exception);
        }
    }
}

/// <summary>The server cannot listen where it is told to.</summary>
public sealed class ListenException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Where, and why not.</param>
    /// <param name="inner">What the system said.</param>
    public ListenException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

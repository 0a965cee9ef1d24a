using System.Net;
using System.Net.Sockets;

namespace Tars.TestKit.Servers;

/// <summary>Free TCP ports on 127.0.0.1.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// A port that was free a moment ago. Another process may take it before its user binds it: starters try again with a new one.
    /// </summary>
    public static int Free()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

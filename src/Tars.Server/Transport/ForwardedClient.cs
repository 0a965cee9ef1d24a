using System.Buffers;
using System.Net;
using Microsoft.Extensions.Primitives;

namespace Tars.Server.Transport;

/// <summary>Who a request comes from, as trusted proxies say.</summary>
/// <param name="Address">The address.</param>
/// <param name="IsSecure">Whether the client spoke TLS to the first trusted proxy; null where none says.</param>
internal readonly record struct ForwardedClient(IPAddress Address, bool? IsSecure)
{
    /// <summary>The most hops that are looked at.</summary>
    public const int HopLimit = 32;

    private static readonly SearchValues<char> OfAddresses = SearchValues.Create("0123456789abcdefABCDEF.:");
    private static readonly SearchValues<char> OfVersionFour = SearchValues.Create("0123456789.");

    /// <summary>
    /// Reads the headers from their end: each proxy adds who spoke to it. The last address that no trusted proxy has is the client; what stands before
    /// it was written by the client itself and says nothing. What is no address ends the search at the proxy that passed it on.
    /// </summary>
    /// <param name="peer">Who is connected, a trusted proxy.</param>
    /// <param name="forwardedFor">The header X-Forwarded-For.</param>
    /// <param name="forwardedProto">The header X-Forwarded-Proto.</param>
    /// <param name="trusted">Who is believed.</param>
    public static ForwardedClient Read(IPAddress peer, StringValues forwardedFor, StringValues forwardedProto, TrustedProxies trusted)
    {
        IPAddress client = peer;
        int hops = 0;
        for (int line = forwardedFor.Count - 1; line >= 0; line--)
        {
            ReadOnlySpan<char> rest = forwardedFor[line];
            while (hops < HopLimit)
            {
                int comma = rest.LastIndexOf(',');
                if (!TryParse(rest[(comma + 1)..].Trim(), out IPAddress? address))
                {
                    return new ForwardedClient(client, SchemeOf(forwardedProto, Math.Max(hops, 1)));
                }

                hops++;
                client = address!;
                if (!trusted.Contains(client))
                {
                    return new ForwardedClient(client, SchemeOf(forwardedProto, hops));
                }

                if (comma < 0)
                {
                    break;
                }

                rest = rest[..comma];
            }
        }

        return new ForwardedClient(client, SchemeOf(forwardedProto, Math.Max(hops, 1)));
    }

    // One word was set by the proxy that is connected. Several were added hop by hop, and the one of the client's hop counts.
    private static bool? SchemeOf(StringValues header, int hops)
    {
        string[] words = [.. header.SelectMany(line => (line ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        return words.Length == 0 ? null : string.Equals(words[Math.Max(0, words.Length - hops)], "https", StringComparison.OrdinalIgnoreCase);
    }

    // "192.0.2.1", "192.0.2.1:443", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443"; no zones, no short forms such as "10.1" or "0x7f000001".
    private static bool TryParse(ReadOnlySpan<char> text, out IPAddress? address)
    {
        address = null;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']');
            if (end < 0 || (text.Length > end + 1 && text[end + 1] != ':'))
            {
                return false;
            }

            text = text[1..end];
        }
        else if (text.Count('.') == 3 && text.Count(':') == 1)
        {
            text = text[..text.IndexOf(':')];
        }

        bool isFour = !text.Contains(':');
        if (text.ContainsAnyExcept(OfAddresses) || (isFour && (text.Count('.') != 3 || text.ContainsAnyExcept(OfVersionFour))) || !IPAddress.TryParse(text, out address))
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return true;
    }
}

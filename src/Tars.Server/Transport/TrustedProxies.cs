using System.Net;
using Tars.Configuration;
using Tars.Configuration.Layers;

namespace Tars.Server.Transport;

/// <summary>The proxies that are believed, by address or network.</summary>
public sealed class TrustedProxies
{
    private readonly IPNetwork[] _networks;

    /// <summary>These.</summary>
    public TrustedProxies(IEnumerable<IPNetwork> networks) => _networks = [.. networks];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Those of <c>api.trusted_proxies</c>.</summary>
    /// <exception cref="SettingsException">One is no address and no network, or has bits set behind its prefix.</exception>
    public static TrustedProxies Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection api = loaded.Section("api");
        List<IPNetwork> networks = [];
        List<SettingsProblem> problems = [];
        foreach (string text in api.Texts("trusted_proxies"))
        {
            if (IPNetwork.TryParse(text, out IPNetwork network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out IPAddress? address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                problems.Add(api.Problem("trusted_proxies", $"{text} is no address and no network; write for example 10.0.0.7 or 10.0.0.0/8, without bits after the prefix"));
            }
        }

        return problems.Count == 0 ? new TrustedProxies(networks) : throw new SettingsException(problems);
    }

    /// <summary>Whether an address is one of theirs.</summary>
    /// <param name="address">The address; one of version 4 written as version 6 is taken as version 4.</param>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (IPNetwork network in _networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}

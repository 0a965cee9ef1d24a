using System.Net;
using Tars.Server.Access;
using Tars.Server.Routes;

namespace Tars.Server.Limits;

/// <summary>Which rule counts a request, and with whose other requests: the caller's where the credential holds, else those of the address.</summary>
internal sealed class RequestRules(RateLimitSettings settings)
{
    /// <summary>The key of a request.</summary>
    /// <param name="route">The route that was found; null when none was.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="address">From where.</param>
    /// <param name="key">What counts it.</param>
    /// <returns>Whether anything counts it.</returns>
    public bool TryFind(ApiRoute? route, Caller caller, IPAddress? address, out LimitKey key)
    {
        key = default;

        // Whoever tries credentials is counted wherever they are tried.
        if (!settings.IsEnabled || (route?.Limit == LimitClass.None && caller is not Caller.Refused))
        {
            return false;
        }

        LimitRule? own = null;
        if (route is not null && settings.Routes.Count > 0)
        {
            settings.Routes.TryGetValue(route.OperationId, out own);
        }

        if (caller is Caller.Known known && route?.Limit != LimitClass.Login)
        {
            key = LimitKey.Of(own ?? (route?.Limit == LimitClass.Download ? settings.Downloads : settings.Of(known.Role)), known);
        }
        else
        {
            key = LimitKey.Of(own ?? (route?.Limit == LimitClass.Login ? settings.Login : settings.Public), address);
        }

        return true;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tars.Server.Transport;

/// <summary>The step that finds out whose request it is.</summary>
internal static class TrustedProxyStep
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";

    // Nobody here reads them, and nobody shall begin to.
    private static readonly string[] Others = [For, Proto, "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Real-IP", "Forwarded"];

    /// <summary>Takes the client's address and scheme from trusted proxies, and removes those headers from everybody's requests.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder server)
    {
        TrustedProxies trusted = server.ApplicationServices.GetRequiredService<TransportSettings>().Trusted;
        server.Use(next => context =>
        {
            IHeaderDictionary headers = context.Request.Headers;
            if (!trusted.IsEmpty && context.Connection.RemoteIpAddress is { } peer && trusted.Contains(peer))
            {
                ForwardedClient client = ForwardedClient.Read(peer, headers[For], headers[Proto], trusted);
                context.Connection.RemoteIpAddress = client.Address;
                if (client.IsSecure is { } isSecure)
                {
                    context.Request.Scheme = isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
                }
            }

            foreach (string other in Others)
            {
                headers.Remove(other);
            }

            return next(context);
        });
    }
}

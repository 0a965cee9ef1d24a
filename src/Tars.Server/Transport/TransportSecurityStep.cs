using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Problems;

namespace Tars.Server.Transport;

/// <summary>The step that sees to TLS, and tells browsers what they may do.</summary>
internal static class TransportSecurityStep
{
    /// <summary>What came without TLS and must not.</summary>
    public static readonly ErrorCode TlsRequired = new("TLS_REQUIRED", StatusCodes.Status403Forbidden, "TLS is needed");

    // Who looks after the process asks without TLS.
    private static readonly PathString Probes = new("/health");

    /// <summary>Adds the step.</summary>
    public static void UseTransportSecurity(this IApplicationBuilder server)
    {
        TransportSettings settings = server.ApplicationServices.GetRequiredService<TransportSettings>();
        CrossOrigin crossOrigin = new(settings.Origins);
        string? hsts = SecurityHeaders.Hsts(settings.HstsMaxAge);
        server.Use(next => context =>
        {
            SecurityHeaders.Set(context.Response.Headers);
            if (context.Request.IsHttps)
            {
                if (hsts is not null)
                {
                    context.Response.Headers.StrictTransportSecurity = hsts;
                }
            }
            else if ((settings.IsSecure || settings.NeedsSecureClients) && !IsProbe(context.Request))
            {
                return RefuseAsync(context, settings);
            }

            return !crossOrigin.IsEmpty && crossOrigin.Answer(context) ? Task.CompletedTask : next(context);
        });
    }

    // live and ready, and nothing else below /health.
    private static bool IsProbe(HttpRequest request) =>
        request.Path.StartsWithSegments(Probes, out PathString rest) && (rest == "/live" || rest == "/ready");

    private static Task RefuseAsync(HttpContext context, TransportSettings settings)
    {
        HttpRequest request = context.Request;
        bool showsCredential = request.Headers.ContainsKey("Authorization") || request.Headers.ContainsKey("X-API-Key") || request.Headers.ContainsKey("Cookie");
        if (showsCredential || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return ProblemAnswer.WriteAsync(
                context, TlsRequired, showsCredential ? "a credential was sent without TLS, where others can read it: replace it, and ask over https" : "ask over https");
        }

        if (!settings.IsSecure)
        {
            return ProblemAnswer.WriteAsync(context, TlsRequired, "ask the proxy in front over https");
        }

        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = $"{Authority(request, settings)}{request.PathBase}{request.Path}{request.QueryString}";
        return Task.CompletedTask;
    }

    // Where the configuration says what clients call it, a Host that a client made up leads nowhere.
    private static string Authority(HttpRequest request, TransportSettings settings) => settings.BaseUrl.Scheme == Uri.UriSchemeHttps
        ? settings.BaseUrl.GetLeftPart(UriPartial.Authority)
        : string.Create(CultureInfo.InvariantCulture, $"https://{new HostString(request.Host.Host, settings.PublicPort).ToUriComponent()}");
}

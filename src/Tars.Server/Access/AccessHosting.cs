using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tars.Server.Access.Credentials;
using Tars.Server.Access.External;
using Tars.Server.Access.Journal;
using Tars.Server.Access.Logins;
using Tars.Server.Access.Tokens;
using Tars.Server.Administration.ApiKeys;
using Tars.Server.Administration.Sessions;
using Tars.Server.Administration.Users;
using Tars.Server.Hosting;

namespace Tars.Server.Access;

/// <summary>Puts access together: its services, its two steps, its routes.</summary>
internal static class AccessHosting
{
    private static readonly TimeSpan IssuerTimeout = TimeSpan.FromSeconds(5);
    private const int LargestAnswer = 1 << 20;

    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, ServerParts parts)
    {
        AccessSettings settings = AccessSettings.Of(parts.Settings);
        services.AddSingleton(settings);
        services.AddSingleton(new AccessJournal(parts.Audit, new DenialCounts(parts.Time)));
        services.AddSingleton(_ => new RevocationWatch(parts.Store.Rows.Revocations, parts.Time)).AddSingleton<IHostedService>(provider => provider.GetRequiredService<RevocationWatch>());
        services.AddSingleton(_ => new KeyUseNotes(parts.Store.Rows.ApiKeys)).AddSingleton<IHostedService>(provider => provider.GetRequiredService<KeyUseNotes>());
        services.AddHostedService(_ => new ExpiredLogins(parts.Store.Rows.RefreshTokens, parts.Time));
        services.AddSingleton(_ => new LoginAdmission(settings.LoginsAtOnce, settings.LoginsWaiting));
        if (settings.Tokens is { } tokens)
        {
            services.AddSingleton(_ => new TokenMint(tokens, parts.Store.Rows.SigningKeys, parts.Time));
            services.AddSingleton<LoginDesk>();
        }

        if (settings.ExternalIssuer is { } issuer)
        {
            services.AddSingleton(_ => new IssuerKeys(issuer.Issuer, ClientOf(issuer), parts.Time));
            services.AddSingleton(provider => new ExternalIssuer(issuer, provider.GetRequiredService<IssuerKeys>(), parts.Time));
        }

        return services.AddSingleton(provider => new CredentialCheck(
            settings, parts.Store.Rows, provider.GetService<TokenMint>(), provider.GetService<ExternalIssuer>(), provider.GetRequiredService<RevocationWatch>(), provider.GetRequiredService<KeyUseNotes>(), parts.Time));
    }

    /// <summary>Adds the step that finds out who calls.</summary>
    public static IApplicationBuilder UseCallers(this IApplicationBuilder server)
    {
        CredentialCheck check = server.ApplicationServices.GetRequiredService<CredentialCheck>();
        return server.Use(next => new CallerStep(next, check).InvokeAsync);
    }

    /// <summary>Adds the step that decides whether they may.</summary>
    public static IApplicationBuilder UseAccessRules(this IApplicationBuilder server)
    {
        AccessJournal journal = server.ApplicationServices.GetRequiredService<AccessJournal>();
        return server.Use(next => new AccessRules(next, journal).InvokeAsync);
    }

    /// <summary>Maps the routes.</summary>
    public static void MapAccess(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapLogins();
        endpoints.MapUsers();
        endpoints.MapApiKeys();
        endpoints.MapSessions();
    }

    private static HttpClient ClientOf(ExternalIssuerSettings issuer)
    {
#pragma warning disable CA2000 // the client owns its handler
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
#pragma warning restore CA2000
        if (issuer.CertificateAuthority is { } file)
        {
            X509Certificate2Collection roots = [];
            roots.ImportFromPemFile(file);
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return new HttpClient(handler) { Timeout = IssuerTimeout, MaxResponseContentBufferSize = LargestAnswer };
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tars.Configuration.Layers;

namespace Tars.Server.Transport;

/// <summary>What sees to connections.</summary>
internal static class TransportParts
{
    /// <summary>Adds it.</summary>
    public static void AddTransport(this WebApplicationBuilder builder, LoadedSettings loaded)
    {
        TransportSettings settings = TransportSettings.Of(loaded);
        builder.Services.AddSingleton(settings);
        builder.WebHost.ConfigureConnections(settings);
        if (settings.IsSecure)
        {
            builder.Services.AddSingleton(provider => new ServerCertificate(settings, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServerCertificate>>()));
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Tars.Configuration.Layers;
using Tars.Server.Hosting;
using Tars.Storage;

namespace Tars.Server.Telemetry;

/// <summary>What measures the server.</summary>
internal static class TelemetryParts
{
    /// <summary>Adds it.</summary>
    public static void AddTelemetry(this IServiceCollection services, LoadedSettings loaded)
    {
        TelemetrySettings settings = TelemetrySettings.Of(loaded);
        services.AddSingleton(settings);
        if (!settings.IsServed)
        {
            return;
        }

        services.AddSingleton(new RequestMeasurements(settings.Prefix))
            .AddSingleton(_ => new SealingMeasurements(settings.Prefix))
            .AddSingleton(provider => new StoreMeasurements(provider.GetRequiredService<Store>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<ServerMetrics>(provider, provider.GetRequiredService<ServerParts>().Version));
        if (settings.Port is not null)
        {
            services.AddSingleton<MetricsListener>().AddHostedService(provider => provider.GetRequiredService<MetricsListener>());
        }
    }
}

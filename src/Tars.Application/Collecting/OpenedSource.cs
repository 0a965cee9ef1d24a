using Tars.Application.Settings;
using Tars.Observability.Indicators;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>One backend, or a capture of it, with the services that are read from it.</summary>
internal sealed record OpenedSource(string Backend, ISeriesSource Source, TimeGrid? CapturedGrid, IReadOnlyList<ServiceDefinition> Services) : IDisposable
{
    public static Task<IReadOnlyList<OpenedSource>> OpenAsync(
        TarsSettings settings, IReadOnlyList<ServiceDefinition> services, ReadingRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        IGrouping<string, ServiceDefinition>[] backends = [.. services.GroupBy(service => settings.BackendOf[service.Name])];
        if (!settings.Observability.IsEnabled)
        {
            throw new RequestException("observability.prometheus_enabled is false, so no backend is read", "read a capture with --capture DIR, or set it to true");
        }

        return Task.FromResult<IReadOnlyList<OpenedSource>>([.. backends.Select(backend => Live(settings, backend, request, time))]);
    }

    /// <inheritdoc/>
    public void Dispose() => (Source as IDisposable)?.Dispose();

    private static OpenedSource Live(TarsSettings settings, IGrouping<string, ServiceDefinition> backend, ReadingRequest request, TimeProvider time)
    {
        PrometheusOptions options = settings.Observability.ToPrometheusOptions(settings.Observability.Backends[backend.Key], request.Timings);
        return new OpenedSource(backend.Key, new PrometheusSource(options, time), null, [.. backend]);
    }
}

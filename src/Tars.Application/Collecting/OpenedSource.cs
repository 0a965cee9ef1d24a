using System.Diagnostics.CodeAnalysis;
using Tars.Application.Settings;
using Tars.Application.Sharding;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>One backend, or a capture of it, with the services that are read from it.</summary>
/// <param name="Backend">The backend's name in the configuration.</param>
/// <param name="Source">Where its series come from.</param>
/// <param name="CapturedGrid">What the capture holds; null for a live backend.</param>
/// <param name="Services">The services read from it.</param>
internal sealed record OpenedSource(string Backend, ISeriesSource Source, TimeGrid? CapturedGrid, IReadOnlyList<ServiceDefinition> Services)
{
    /// <summary>Whether its alerts are read; of several shards of one backend one has them.</summary>
    public bool HasAlerts { get; init; } = true;

    /// <summary>What a shard reads of it; null for nothing. The alerts go with the first service by name.</summary>
    public OpenedSource? PartOf(Shard shard, IReadOnlyCollection<string> fleet)
    {
        IReadOnlyList<string> names = shard.Of(fleet);
        ServiceDefinition[] own = [.. Services.Where(service => names.Contains(service.Name))];
        return own.Length == 0 ? null : this with { Services = own, HasAlerts = names.Contains(Services.Select(service => service.Name).Min(StringComparer.Ordinal)!) };
    }

    public static async Task<IReadOnlyList<OpenedSource>> OpenAsync(
        TarsSettings settings, IReadOnlyList<ServiceDefinition> services, ReadingRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        IGrouping<string, ServiceDefinition>[] backends = [.. services.GroupBy(service => settings.BackendOf[service.Name])];
        if (request.CaptureFolder is { } folder)
        {
            return await CapturedAsync(folder, services, backends, cancellationToken).ConfigureAwait(false);
        }

        return settings.Observability.IsEnabled
            ? [.. backends.Select(backend => Live(settings, backend, request, time))]
            : throw new RequestException("observability.prometheus_enabled is false, so no backend is read", "read a capture with --capture DIR, or set it to true");
    }

    /// <summary>The folder of one backend's capture: the capture's own when there is one backend, else a folder of the backend's name in it.</summary>
    public static string FolderOf(string folder, string backend, int backends) => backends == 1 ? folder : Path.Combine(folder, backend);

    [SuppressMessage("Reliability", "CA2000", Justification = "The reading that opens sources disposes them.")]
    private static OpenedSource Live(TarsSettings settings, IGrouping<string, ServiceDefinition> backend, ReadingRequest request, TimeProvider time)
    {
        PrometheusOptions options = settings.Observability.ToPrometheusOptions(settings.Observability.Backends[backend.Key], request.Timings);
        return new OpenedSource(backend.Key, new PrometheusSource(options, time), null, [.. backend]);
    }

    private static async Task<IReadOnlyList<OpenedSource>> CapturedAsync(
        string folder, IReadOnlyList<ServiceDefinition> services, IGrouping<string, ServiceDefinition>[] backends, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            throw new RequestException($"{folder}: there is no such capture", "make one with 'tars capture'");
        }

        List<OpenedSource> sources = [];
        if (backends.Length == 1 || File.Exists(Path.Combine(folder, "manifest.json")))
        {
            // A subfolder holds this backend's part when the capture was made of several.
            string own = Path.Combine(folder, backends[0].Key);
            bool isPart = !File.Exists(Path.Combine(folder, "manifest.json")) && File.Exists(Path.Combine(own, "manifest.json"));
            CaptureSource whole = await CaptureSource.OpenAsync(isPart ? own : folder, cancellationToken).ConfigureAwait(false);
            return [new OpenedSource(backends[0].Key, whole, whole.Grid, services)];
        }

        foreach (IGrouping<string, ServiceDefinition> backend in backends)
        {
            CaptureSource part = await CaptureSource.OpenAsync(Path.Combine(folder, backend.Key), cancellationToken).ConfigureAwait(false);
            sources.Add(new OpenedSource(backend.Key, part, part.Grid, [.. backend]));
        }

        return sources;
    }
}

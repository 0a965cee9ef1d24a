using System.Text;
using Tars.Application.Collecting;
using Tars.Application.Settings;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Sharding;

/// <summary>All shards of one report: each there once, of one window, one configuration, one version of the method, and of the same options.</summary>
public sealed class ShardSet
{
    private const long LargestManifest = 64L << 20;

    private ShardSet(ShardManifest first, IReadOnlyList<OpenedSource> sources) => (First, Sources) = (first, sources);

    /// <summary>The manifest of shard 0; those of the others say the same but for their part.</summary>
    public ShardManifest First { get; }

    /// <summary>The window of the report.</summary>
    public TimeWindow Window => new(First.From, First.To);

    /// <summary>The captures, those of one backend after another in the order of an undivided run.</summary>
    internal IReadOnlyList<OpenedSource> Sources { get; }

    /// <summary>Opens shards.</summary>
    /// <param name="settings">The configuration with which they are merged.</param>
    /// <param name="folders">Folders of shards, or folders in which those are.</param>
    /// <param name="command">The report that is to be made of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestException">One is missing, there twice, or not of this report; the message names it.</exception>
    /// <exception cref="SeriesSourceException">One is damaged; the message names the file.</exception>
    public static async Task<ShardSet> OpenAsync(TarsSettings settings, IReadOnlyList<string> folders, string command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folders);
        List<(string Folder, ShardManifest Manifest)> found = [];
        foreach (string folder in folders.SelectMany(ShardsIn).Distinct(StringComparer.Ordinal))
        {
            found.Add((folder, await ReadAsync(folder, cancellationToken).ConfigureAwait(false)));
        }

        ShardChecks.Agree(found, command, ShapingSettings.Sha256(settings), AnalysisSettings.MethodVersion);
        return new ShardSet(found.First(shard => shard.Manifest.Shard == 0).Manifest, await SourcesAsync(settings, found, cancellationToken).ConfigureAwait(false));
    }

    private static IEnumerable<string> ShardsIn(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(full))
        {
            throw new RequestException($"{folder}: there is no such folder", "name the folder that --output of the shards named");
        }

        if (File.Exists(Path.Combine(full, ShardManifest.FileName)))
        {
            return [full];
        }

        string[] inside = [.. Directory.EnumerateDirectories(full).Where(one => File.Exists(Path.Combine(one, ShardManifest.FileName))).Order(StringComparer.Ordinal)];
        return inside.Length > 0 ? inside : throw new RequestException($"{folder}: no shard is there ({ShardManifest.FileName} is missing)", "a shard is made with --shard 0/4, 1/4, …; one that was interrupted goes on when it is run again");
    }

    private static async Task<ShardManifest> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, ShardManifest.FileName);
        try
        {
            if (new FileInfo(path).Length > LargestManifest)
            {
                throw new InvalidDataException("it is larger than any manifest");
            }

            byte[] json = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            ShardManifest manifest = ShardManifest.FromJson(json);
            foreach (ShardCapture capture in manifest.Captures.Where(capture => capture.Backend.AsSpan().ContainsAny('/', '\\') || capture.Backend is "." or ".."))
            {
                throw new InvalidDataException($"'{capture.Backend}' is no name of a backend");
            }

            string digests = await File.ReadAllTextAsync(Path.Combine(folder, ShardFolder.Digests), Encoding.UTF8, cancellationToken).ConfigureAwait(false);
            return digests == ShardFolder.DigestsOf(folder, json, manifest.Captures)
                ? manifest
                : throw new InvalidDataException($"the files of the shard are not those whose digests are in {ShardFolder.Digests}");
        }
        catch (InvalidDataException exception)
        {
            throw new SeriesSourceException(SourceFailure.Backend, $"{path} is damaged: {exception.Message}", hint: "make the shard again in an empty folder", innerException: exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SeriesSourceException(SourceFailure.Backend, $"{path}: {exception.Message}", innerException: exception);
        }
    }

    private static async Task<IReadOnlyList<OpenedSource>> SourcesAsync(
        TarsSettings settings, List<(string Folder, ShardManifest Manifest)> shards, CancellationToken cancellationToken)
    {
        List<(int Shard, string Folder, OpenedSource Source)> opened = [];
        foreach ((string folder, ShardManifest manifest) in shards)
        {
            foreach (ShardCapture capture in manifest.Captures)
            {
                string own = Path.Combine(folder, capture.Backend);
                CaptureSource source = await CaptureSource.OpenAsync(own, cancellationToken).ConfigureAwait(false);
                ServiceDefinition[] services = [.. settings.Services.Where(service => capture.Services.Contains(service.Name))];
                opened.Add((manifest.Shard, own, new OpenedSource(capture.Backend, source, source.Grid, services) { HasAlerts = capture.Alerts }));
            }
        }

        ShardChecks.SourcesAgree([.. opened.Select(one => (one.Folder, one.Source.Backend, (CaptureSource)one.Source.Source))]);
        ShardChecks.AlertsAreThere([.. opened.Select(one => one.Source)]);
        int PlaceOf(string backend) => shards.SelectMany(shard => shard.Manifest.Captures).Where(capture => capture.Backend == backend)
            .SelectMany(capture => capture.Services).Min(name => shards[0].Manifest.Fleet.ToList().IndexOf(name));
        return [.. opened.OrderBy(one => PlaceOf(one.Source.Backend)).ThenBy(one => one.Shard).Select(one => one.Source)];
    }
}

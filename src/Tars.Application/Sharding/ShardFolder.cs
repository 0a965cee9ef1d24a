using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Application.Collecting;
using Tars.Application.Publishing;
using Tars.Application.Settings;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Reports;

namespace Tars.Application.Sharding;

/// <summary>The folder of one shard: a capture for each backend, <c>shard.json</c>, and the digests of both.</summary>
public static class ShardFolder
{
    /// <summary>The list of digests, in the form that <c>sha256sum -c</c> reads.</summary>
    public const string Digests = "SHA256SUMS";

    /// <summary>The folder's name: <c>shard-0-of-4</c>.</summary>
    public static string NameOf(Shard shard) => string.Create(CultureInfo.InvariantCulture, $"shard-{shard.Index}-of-{shard.Count}");

    /// <summary>Reads what a shard is to read, and keeps it. A shard that was interrupted goes on; until it is whole there is no <c>shard.json</c>.</summary>
    /// <param name="reading">What is read, with its shard.</param>
    /// <param name="plans">What <see cref="SeriesReading.Plan"/> planned.</param>
    /// <param name="window">The window of the report.</param>
    /// <param name="part">What the shard is a part of.</param>
    /// <param name="folder">The folder in which the shard's own is made.</param>
    /// <param name="progress">Receives how far it is, or null.</param>
    /// <param name="cancellationToken">Ends it; what was read stays.</param>
    /// <exception cref="SeriesSourceException">A backend failed, or the folder holds something else.</exception>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static async Task<WrittenShard> WriteAsync(
        SeriesReading reading, IReadOnlyList<BackendPlan> plans, TimeWindow window, ShardedReport part, string folder, IProgress<CollectionProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentNullException.ThrowIfNull(part);
        Shard shard = reading.Shard ?? throw new ArgumentException("the reading is that of a whole fleet", nameof(reading));
        string own = Path.Combine(folder, NameOf(shard));
        Remove(Path.Combine(own, ShardManifest.FileName));
        List<ShardCapture> captures = [];
        List<(string Folder, CaptureManifest Manifest)> made = [];
        foreach (BackendPlan plan in plans)
        {
            string captured = Path.Combine(own, plan.Backend);
            CaptureManifest manifest = await Capturing.CaptureAsync(
                reading.SourceOf(plan).Source, plan.Plan, captured, part.CreatedBy, reading.Concurrency, progress, cancellationToken).ConfigureAwait(false);
            captures.Add(new ShardCapture(plan.Backend, [.. plan.Plan.Request.Services.Select(service => service.Name)], plan.Plan.Request.IncludeAlerts));
            made.Add((captured, manifest));
        }

        TimeGrid grid = reading.GridOf(window, part.History);
        string[] fleet = [.. reading.Services.Select(service => service.Name)];
        byte[] json = new ShardManifest(
            ShardManifest.CurrentFormat, part.CreatedBy, part.Command, shard.Index, shard.Count, AnalysisSettings.MethodVersion, ShapingSettings.Sha256(part.Settings),
            window.From, window.To, grid.Start, (long)grid.Step.TotalMilliseconds, part.Options, fleet, shard.Of(fleet), captures).ToJson();
        ReportFile manifestFile = new(ShardManifest.FileName, "application/json", json);
        ReportFile digests = new(Digests, "text/plain", Encoding.UTF8.GetBytes(DigestsOf(own, json, captures)));
        await new ReportDirectory(own).WriteAsync(new Report("shard", [digests, manifestFile]), cancellationToken).ConfigureAwait(false);
        return new WrittenShard(own, manifestFile, fleet, shard.Of(fleet), made);
    }

    /// <summary>What <c>SHA256SUMS</c> has to say of a shard: its manifest, and the list of digests of each of its captures.</summary>
    internal static string DigestsOf(string folder, ReadOnlySpan<byte> manifest, IEnumerable<ShardCapture> captures)
    {
        StringBuilder text = new();
        text.Append(Convert.ToHexStringLower(SHA256.HashData(manifest))).Append("  ").Append(ShardManifest.FileName).Append('\n');
        foreach (ShardCapture capture in captures)
        {
            byte[] list = File.ReadAllBytes(Path.Combine(folder, capture.Backend, Digests));
            text.Append(Convert.ToHexStringLower(SHA256.HashData(list))).Append("  ").Append(capture.Backend).Append('/').Append(Digests).Append('\n');
        }

        return text.ToString();
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // There is no older shard.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(path, exception.Message, exception);
        }
    }
}

/// <summary>What a shard is a part of.</summary>
/// <param name="Command">The report, for example <c>retro</c>.</param>
/// <param name="CreatedBy">The program and its version.</param>
/// <param name="History">How much before the window is read besides.</param>
/// <param name="Options">The report's own options as they were written, by name.</param>
/// <param name="Settings">The configuration.</param>
public sealed record ShardedReport(
    string Command, string CreatedBy, TimeSpan History, IReadOnlyDictionary<string, IReadOnlyList<string>> Options, TarsSettings Settings);

/// <summary>A shard that was written.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Fleet">Every service of all shards.</param>
/// <param name="Services">The services in this one.</param>
/// <param name="Captures">Its captures.</param>
public sealed record WrittenShard(
    string Folder, ReportFile Manifest, IReadOnlyList<string> Fleet, IReadOnlyList<string> Services, IReadOnlyList<(string Folder, CaptureManifest Manifest)> Captures);

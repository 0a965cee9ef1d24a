using System.Globalization;
using Tars.Application.Collecting;
using Tars.Observability.Captures;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Sharding;

/// <summary>What must hold before shards are merged. Each refusal names the shard.</summary>
internal static class ShardChecks
{
    /// <summary>Refuses shards that are not all the parts of one report.</summary>
    /// <param name="shards">The shards with their folders.</param>
    /// <param name="command">The report that is to be made.</param>
    /// <param name="configuration">Digest of the configuration at the merge.</param>
    /// <param name="method">Version of the method at the merge.</param>
    /// <exception cref="RequestException">They are not.</exception>
    public static void Agree(IReadOnlyList<(string Folder, ShardManifest Manifest)> shards, string command, string configuration, string method)
    {
        (string firstFolder, ShardManifest first) = shards[0];
        foreach ((string folder, ShardManifest shard) in shards)
        {
            string what = $"{folder}: shard {shard.Shard} of {shard.Of}";
            Require(shard.Command == command, $"{what} is one of 'tars {shard.Command}', not of 'tars {command}'", $"merge it with 'tars {shard.Command} merge'");
            Require(shard.MethodVersion == method, $"{what} is of version {shard.MethodVersion} of the method; this version of T.A.R.S. has {method}", "make all shards and the merge with one version of T.A.R.S.");
            Require(
                shard.ConfigurationSha256 == configuration,
                $"{what} was made with another configuration: the digest of what shapes a report is {shard.ConfigurationSha256} there and {configuration} here",
                "merge with the configuration of the shards: --config, --profile, --set, --backend and --time-zone as there");
            Require(shard.Of == first.Of, $"{what}, but {firstFolder} is one of {first.Of}", "keep the shards of each division in a folder of their own");
            Require(
                (shard.From, shard.To) == (first.From, first.To),
                $"{what} is of the window {Text(shard)}, {firstFolder} of {Text(first)}",
                "give every shard the same --from and --to");
            Require(
                (shard.SeriesFrom, shard.StepMilliseconds) == (first.SeriesFrom, first.StepMilliseconds),
                $"{what} was read from {Instants.Format(shard.SeriesFrom)} on in steps of {shard.StepMilliseconds} ms, {firstFolder} from {Instants.Format(first.SeriesFrom)} on in steps of {first.StepMilliseconds} ms",
                "make all shards from one capture, or all from the backend");
            Require(Text(shard.Options) == Text(first.Options), $"{what} has the options '{Text(shard.Options)}', {firstFolder} '{Text(first.Options)}'", "give every shard the same options");
            Require(shard.Fleet.SequenceEqual(first.Fleet), $"{what} is one of another fleet: {string.Join(", ", shard.Fleet)}; that of {firstFolder} is {string.Join(", ", first.Fleet)}", "give every shard the same --services");
            Require(
                shard.Services.SequenceEqual(new Shard(shard.Shard, shard.Of).Of(shard.Fleet)) && shard.Captures.SelectMany(capture => capture.Services).Order(StringComparer.Ordinal).SequenceEqual(shard.Services.Order(StringComparer.Ordinal)),
                $"{what} holds other services than belong to it: {string.Join(", ", shard.Services)}",
                "make the shard again");
        }

        foreach (IGrouping<int, (string Folder, ShardManifest Manifest)> same in shards.GroupBy(shard => shard.Manifest.Shard).Where(same => same.Count() > 1))
        {
            throw new RequestException($"shard {same.Key} of {first.Of} is there {same.Count()} times: {string.Join(", ", same.Select(shard => shard.Folder))}", "remove all but one");
        }

        foreach (IGrouping<string, ShardCapture> backend in shards.SelectMany(shard => shard.Manifest.Captures).GroupBy(capture => capture.Backend))
        {
            int alerts = backend.Count(capture => capture.Alerts);
            Require(alerts <= 1, $"the alerts of the backend {backend.Key} are in {alerts} shards", "make the shards again");
        }

        int[] missing = [.. Enumerable.Range(0, first.Of).Except(shards.Select(shard => shard.Manifest.Shard))];
        Require(
            missing.Length == 0,
            string.Create(CultureInfo.InvariantCulture, $"{missing.Length} of {first.Of} shards {(missing.Length == 1 ? "is" : "are")} missing: {string.Join(", ", missing.Take(20))}{(missing.Length > 20 ? ", …" : string.Empty)}"),
            $"make {(missing.Length == 1 ? "it" : "them")} with --shard {string.Join(", ", missing.Take(3).Select(index => string.Create(CultureInfo.InvariantCulture, $"{index}/{first.Of}")))}, or name the folder; nothing was merged");
    }

    /// <summary>Refuses a whole in which nobody read the alerts of a backend.</summary>
    /// <exception cref="RequestException">There is such a backend.</exception>
    public static void AlertsAreThere(IReadOnlyList<OpenedSource> sources)
    {
        foreach (IGrouping<string, OpenedSource> backend in sources.GroupBy(source => source.Backend))
        {
            Require(backend.Any(source => source.HasAlerts), $"the alerts of the backend {backend.Key} are in no shard", "make the shards again");
        }
    }

    /// <summary>Refuses captures that differ in their grid, or in what answered for one backend.</summary>
    /// <exception cref="RequestException">They do.</exception>
    public static void SourcesAgree(IReadOnlyList<(string Folder, string Backend, CaptureSource Source)> captures)
    {
        foreach ((string folder, string backend, CaptureSource source) in captures)
        {
            (string otherFolder, _, CaptureSource other) = captures.First(one => one.Backend == backend);
            Require(source.Grid == captures[0].Source.Grid, $"{folder} covers {source.Grid}, {captures[0].Folder} {captures[0].Source.Grid}", "make the shards again, all with the same options");
            Require(
                source.Manifest.Source == other.Manifest.Source,
                $"{folder} was answered by {Text(source.Manifest.Source)}, {otherFolder} by {Text(other.Manifest.Source)}",
                "the backend was changed meanwhile: make the shards again");
        }
    }

    private static string Text(ShardManifest shard) => new TimeWindow(shard.From, shard.To).ToString();

    private static string Text(CapturedSource source) => $"{source.Application} {source.Version}".TrimEnd();

    private static string Text(IReadOnlyDictionary<string, IReadOnlyList<string>> options) =>
        string.Join(' ', options.OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => string.Join(' ', [option.Key, .. option.Value])));

    private static void Require(bool holds, string message, string hint)
    {
        if (!holds)
        {
            throw new RequestException(message, hint);
        }
    }
}

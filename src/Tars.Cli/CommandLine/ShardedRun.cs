using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Collecting;
using Tars.Application.Sharding;
using Tars.Cli.Commands.Capture;
using Tars.Observability.Captures;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.CommandLine;

/// <summary>
/// A report in parts: with <c>--shard i/n</c> a report's command reads its part of the services and keeps the answers; its verb <c>merge</c> makes the report
/// of all parts, by the same lines as without parts. What is about more than one service is computed at the merge alone.
/// </summary>
internal static class ShardedRun
{
    /// <summary>The verb that makes the report.</summary>
    public const string Merge = "merge";

    private static readonly string[] OfTheMerge = ["--fail-on", "--baseline"];

    private static readonly Argument<string[]> Folders = new("DIR")
    {
        Description = "Folders of the shards, or a folder that holds them",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The verb <c>merge</c> of a noun that reports.</summary>
    /// <param name="noun">The noun.</param>
    /// <param name="options">The noun's own options.</param>
    /// <param name="report">What the noun does.</param>
    public static TarsCommand MergeOf(string noun, IEnumerable<Option> options, Func<CommandRun, CancellationToken, Task<int>> report)
    {
        Option[] own = [.. options.Where(option => OfTheMerge.Contains(option.Name)), CommonOptions.Backend, CommonOptions.TimeZone, .. CommonOptions.Writing];
        TarsCommand merge = TarsCommand.Verb(
            Merge,
            $"The report of all shards that 'tars {noun} --shard' wrote: the same bytes as without shards",
            own,
            async (run, cancellationToken) =>
            {
                string[] folders = run.Value(Folders) ?? [];
                if (folders.Length == 0)
                {
                    throw new UsageException("a folder with the shards is needed", $"write for example tars {noun} merge shards");
                }

                await run.OpenShardsAsync(folders, noun, cancellationToken).ConfigureAwait(false);
                return await report(run, cancellationToken).ConfigureAwait(false);
            },
            $"tars {noun} merge shards");
        merge.Arguments.Add(Folders);
        return merge;
    }

    /// <summary>The shard that is asked for, or null.</summary>
    /// <exception cref="UsageException">Something is asked of it that only a whole report can be asked.</exception>
    public static Shard? Of(CommandRun run)
    {
        if (run.Value(CommonOptions.Shard) is not { } text)
        {
            return null;
        }

        Shard shard = Shard.Parse(text);
        string noun = run.Noun;
        foreach (Option option in run.Written.Where(option => OfTheMerge.Contains(option.Name) || option == CommonOptions.Format || option == CommonOptions.Encrypt))
        {
            throw new UsageException($"{option.Name}: a shard is no report", $"give it to 'tars {noun} merge'");
        }

        if (run.OutputFolder is null)
        {
            throw new UsageException("--output: a shard is files; 'none' makes none", "write --output shards");
        }

        WindowRequest window = run.Window();
        bool isFixed = window.To is not null || (window.From is not null && window.Length is not null) || run.Written.Any(option => option.Name == "--date");
        if (!isFixed && run.Value(CommonOptions.Capture) is null)
        {
            throw new UsageException(
                $"{CommonOptions.Shard.Name}: without an end the window would depend on when each shard begins", noun == "daily" ? "give every shard the same --date" : "give every shard the same --to, with --from or --window");
        }

        return shard;
    }

    /// <summary>Reads a shard and keeps it.</summary>
    public static async Task WriteAsync(
        CommandRun run, SeriesReading reading, IReadOnlyList<BackendPlan> plans, TimeWindow window, TimeSpan history, CancellationToken cancellationToken)
    {
        Shard shard = reading.Shard!.Value;
        string folder = run.OutputFolder!;
        using CaptureSigning signing = CaptureSigning.Open(run);
        ShardedReport part = new(run.Noun, CaptureCreateCommand.CreatedBy, history, OptionsOf(run), run.Settings);
        WrittenShard written = await ShardFolder.WriteAsync(reading, plans, window, part, folder, run.Progress("reading"), cancellationToken).ConfigureAwait(false);
        CaptureCreateCommand.Told(run, window, written.Captures);
        foreach ((string captured, CaptureManifest manifest) in written.Captures)
        {
            await signing.SignAsync(run, captured, manifest, cancellationToken).ConfigureAwait(false);
        }

        run.Audit.Tell("window", new JsonObject { ["from"] = Instants.Format(window.From), ["to"] = Instants.Format(window.To) });
        run.Audit.Tell("shard", shard.ToString());
        AuditedRun.Wrote(run.Audit, written.Manifest);
        run.Console.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"shard {shard.Index} of {shard.Count} (the first is 0): {written.Services.Count} of {written.Fleet.Count} services{(written.Services.Count > 0 ? ": " + string.Join(", ", written.Services) : string.Empty)}"));
        run.Console.Say($"no report: with all {shard.Count.ToString(CultureInfo.InvariantCulture)} shards 'tars {run.Noun} {Merge} {folder}' makes it");
        run.Console.Note($"wrote {written.Folder}");
    }

    // The report's own options: what all reports have says what is read or what becomes of it.
    private static SortedDictionary<string, IReadOnlyList<string>> OptionsOf(CommandRun run)
    {
        Option[] common = [.. CommonOptions.Reading, .. CommonOptions.Writing, .. CommonOptions.Configuring, .. CommonOptions.Speaking, CommonOptions.Shard];
        SortedDictionary<string, IReadOnlyList<string>> options = new(StringComparer.Ordinal);
        foreach (OptionResult written in run.WrittenResults.Where(result => !common.Contains(result.Option)))
        {
            options[written.Option.Name] = [.. written.Tokens.Select(token => token.Value)];
        }

        return options;
    }
}

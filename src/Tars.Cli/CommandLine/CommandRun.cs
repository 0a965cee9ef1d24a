using System.CommandLine;
using System.CommandLine.Parsing;
using Tars.Application.Auditing;
using Tars.Application.Collecting;
using Tars.Application.Settings;
using Tars.Application.Settings.Refusals;
using Tars.Application.Sharding;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;
using Tars.Configuration.Sections;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.CommandLine;

/// <summary>One run of one command: its options, its console, its configuration, and the two rooms at its ends, collecting and publishing.</summary>
internal sealed class CommandRun
{
    private readonly ParseResult _result;
    private TarsSettings? _settings;
    private RunSealing? _sealing;
    private RunKeeping? _keeping;
    private RunAudit? _audit;
    private FollowedSettings? _followed;
    private Collected? _collected;
    private ShardSet? _shards;
    private ParseResult? _recorded;

    private CommandRun(ParseResult result)
    {
        _result = result;
        Console = TarsConsole.Of(result.InvocationConfiguration, Has(CommonOptions.NoColor), Has(CommonOptions.Quiet));
    }

    /// <summary>What it leaves in the audit log.</summary>
    public RunAudit Audit => _audit ?? throw new InvalidOperationException("the audit log is opened before anything else");

    /// <summary>The id it has to run under: of a command that a schedule runs; null for one of its own.</summary>
    public Guid? GivenRunId => (_result.InvocationConfiguration as ScheduledInvocation)?.RunId;

    /// <summary>Where it speaks.</summary>
    public TarsConsole Console { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>What standard output gets.</summary>
    public OutputFormat Format => _result.GetResult(CommonOptions.Format) is null ? OutputFormat.Table : _result.GetValue(CommonOptions.Format);

    /// <summary>The configuration; loaded when it is first needed.</summary>
    public TarsSettings Settings => _settings ??= LoadSettings();

    /// <summary>The services asked for; empty for all.</summary>
    public IReadOnlyList<string> ServiceNames =>
        Value(CommonOptions.Services)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The folder that gets files, or null when none are to be written.</summary>
    public string? OutputFolder => Value(CommonOptions.Output) switch
    {
        null => Settings.Observability.OutputFolder,
        "none" => null,
        { } folder => folder,
    };

    /// <summary>Runs a command.</summary>
    public static async Task<int> RunAsync(ParseResult result, Func<CommandRun, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        CommandRun own = new(result);
        string name = string.Join(' ', NamesOf(result));
        AuditedCommand audited = AuditedCommand.Of(name);
        try
        {
            bool isKept = own.Has(CommonOptions.Store) && !own.Has(CommonOptions.Plan);
            if (isKept && own.Value(CommonOptions.Shard) is not null)
            {
                throw new UsageException($"{CommonOptions.Store.Name}: a part of a report is no report, and is not kept", $"give {CommonOptions.Store.Name} to 'tars {name} merge'");
            }

            own._audit = await audited.BeginAsync(own, isKept ? async audit => own._keeping = await RunKeeping.BeginAsync(own, audit, cancellationToken).ConfigureAwait(false) : null).ConfigureAwait(false);
            if (result.CommandResult.Command.Options.Contains(CommonOptions.Sign))
            {
                own._sealing = RunSealing.Open(own, $"tars {name}");
                if (own._keeping is not null)
                {
                    await own._keeping.NoteAsync(name, cancellationToken).ConfigureAwait(false);
                }
            }

            int exitCode = await run(own, cancellationToken).ConfigureAwait(false);
            await (own._keeping?.EndAsync(audited.OutcomeOf(exitCode), exitCode) ?? own._audit.EndAsync(audited.OutcomeOf(exitCode), null, exitCode)).ConfigureAwait(false);
            return exitCode;
        }
        catch (Exception exception) when (own._audit is not null && exception is not AuditException)
        {
            await AuditedCommand.EndAsync(own._audit, own._keeping, exception, own.Console).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (own._audit is not null)
            {
                await own._audit.DisposeAsync().ConfigureAwait(false);
            }

            if (own._keeping is not null)
            {
                await own._keeping.DisposeAsync().ConfigureAwait(false);
            }

            own._sealing?.Dispose();
            if (own._followed is not null)
            {
                await own._followed.DisposeAsync().ConfigureAwait(false);
            }

            own.Console.ClearProgress();
        }
    }

    private static List<string> NamesOf(ParseResult result)
    {
        CommandResult? at = result.CommandResult;
        List<string> names = [];
        for (; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
        {
            names.Insert(0, at.Command.Name);
        }

        return names;
    }

    /// <summary>Whether the command has an option.</summary>
    public bool Knows(Option option) => _result.CommandResult.Command.Options.Contains(option);

    /// <summary>Whether the command only tells what it would do.</summary>
    public bool IsDry => _result.CommandResult.Children.OfType<OptionResult>().Any(option => option is { Implicit: false, Option.Name: "--dry-run" });

    /// <summary>What was written as the command's arguments.</summary>
    public IReadOnlyList<string> Arguments => [.. _result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value)];

    /// <summary>The value of an option, or its default; at a merge, what the shards were made with.</summary>
    public T? Value<T>(Option<T> option) => _result.GetResult(option) is not null ? _result.GetValue(option)
        : _recorded?.GetResult(option) is { Implicit: false } && !Knows(option) ? _recorded.GetValue(option)
        : default;

    /// <summary>The first word of the command.</summary>
    public string Noun => NamesOf(_result)[0];

    /// <summary>Whether shards are merged.</summary>
    public bool IsMerge => NamesOf(_result) is [_, ShardedRun.Merge];

    /// <summary>The options that somebody wrote.</summary>
    public IEnumerable<OptionResult> WrittenResults => _result.CommandResult.Children.OfType<OptionResult>().Where(result => !result.Implicit);

    /// <summary>The options that somebody wrote.</summary>
    public IEnumerable<Option> Written => WrittenResults.Select(result => result.Option);

    /// <summary>Whether a switch is on.</summary>
    public bool Has(Option<bool> option) => Value(option);

    /// <summary>The value of an argument.</summary>
    public T? Value<T>(Argument<T> argument) => _result.GetValue(argument);

    /// <summary>The window that was asked for.</summary>
    public WindowRequest Window()
    {
        TimeZoneInfo zone = Settings.Observability.TimeZone;
        return new WindowRequest(
            CommonOptions.Instant(CommonOptions.From, Value(CommonOptions.From), zone),
            CommonOptions.Instant(CommonOptions.To, Value(CommonOptions.To), zone),
            CommonOptions.Duration(CommonOptions.Window, Value(CommonOptions.Window)));
    }

    /// <summary>Opens what is read.</summary>
    public Task<SeriesReading> OpenAsync(CancellationToken cancellationToken)
    {
        if (_shards is not null)
        {
            return Task.FromResult(SeriesReading.Of(Settings, _shards, Time));
        }

        IProgress<QueryTiming>? timings = Has(CommonOptions.Verbose) ? new ShownTimings(Console) : null;
        ReadingRequest request = new(Value(CommonOptions.Capture), ServiceNames, timings) { Shard = ShardedRun.Of(this) };
        return SeriesReading.OpenAsync(Settings, request, Time, cancellationToken);
    }

    /// <summary>Opens the shards that are read in place of a backend, and takes up the options they were made with.</summary>
    public async Task OpenShardsAsync(IReadOnlyList<string> folders, string noun, CancellationToken cancellationToken)
    {
        _shards = await ShardSet.OpenAsync(Settings, folders, noun, cancellationToken).ConfigureAwait(false);
        _recorded = ((CommandResult)_result.CommandResult.Parent!).Command.Parse([.. _shards.First.Options.SelectMany(option => (string[])[option.Key, .. option.Value])]);
        if (_recorded.Errors.Count > 0)
        {
            throw new UsageException($"the shards were made with options that this version of T.A.R.S. does not take: {_recorded.Errors[0].Message}", "make all shards and the merge with one version of T.A.R.S.");
        }
    }

    /// <summary>Collects the window that was asked for; null, after the plan was printed, with <c>--plan</c>.</summary>
    /// <param name="defaultLength">The tool's own window.</param>
    /// <param name="history">How much before the window is read besides.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Collected?> CollectAsync(TimeSpan defaultLength, TimeSpan history, CancellationToken cancellationToken)
    {
        using SeriesReading reading = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await CollectAsync(reading, reading.Resolve(Window(), defaultLength), history, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Collects a window; null, after the plan was printed, with <c>--plan</c>.</summary>
    public async Task<Collected?> CollectAsync(SeriesReading reading, TimeWindow window, TimeSpan history, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackendPlan> plans = reading.Plan(window, history);
        if (Has(CommonOptions.Plan))
        {
            PlanText.Write(Console, window, plans, await reading.EstimateAsync(plans, cancellationToken).ConfigureAwait(false));
            return null;
        }

        if (reading.Shard is not null)
        {
            await ShardedRun.WriteAsync(this, reading, plans, window, history, cancellationToken).ConfigureAwait(false);
            return null;
        }

        SeriesSet set = await reading.CollectAsync(plans, Progress("reading"), cancellationToken).ConfigureAwait(false);
        Console.ClearProgress();
        foreach (string warning in set.Queries.SelectMany(query => query.Warnings).Distinct().Take(5))
        {
            Console.Warn($"the backend warns: {warning}");
        }

        if (set.IncreasesPushedDown)
        {
            Console.Note($"more than {Settings.Observability.SeriesLimit} series: the backend took the differences of some counters (docs/math.md, \"Pushed-down increases\")");
        }

        _collected = new Collected(set, reading.Analysis, window)
        {
            Source = RunSealing.SourceOf(reading, set.Source, _shards is { } shards ? $"{shards.First.Of} shards" : Value(CommonOptions.Capture)),
            CaptureSha256 = reading.CaptureSha256(),
        };
        AuditedRun.Tell(Audit, _collected);
        return _collected;
    }

    /// <summary>Writes what a run that goes on has found by now.</summary>
    public async Task WriteInterimAsync(string folder, Reports.Report report, CancellationToken cancellationToken)
    {
        await WriteAsync(folder, report, null, cancellationToken).ConfigureAwait(false);
        await Audit.PublishedAsync().ConfigureAwait(false);
    }

    // About what was collected last, signed and encrypted as asked.
    private Task<IReadOnlyList<string>> WriteAsync(string? folder, Reports.Report report, RunKeeping? keeping, CancellationToken cancellationToken)
    {
        Collected collected = _collected ?? throw new InvalidOperationException("a report follows a collection");
        return _sealing!.WriteAsync(folder, report, keeping, collected.Window, collected.Source!, collected.CaptureSha256, cancellationToken);
    }

    /// <summary>Writes a report's files, and to standard output what <c>-o</c> asks for.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="content">What of it the store keeps beside the files; asked only when it is kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The outcome's exit code.</returns>
    public async Task<int> PublishAsync(Outcome outcome, Func<Storage.Reports.NewReport> content, CancellationToken cancellationToken)
    {
        // What was confined to services must not be taken for the whole later.
        _keeping?.Tells(() => content() with { Service = ServiceNames.Count == 0 ? null : string.Join(',', ServiceNames.Order(StringComparer.Ordinal)) });
        Audit.Tell("verdict", outcome.Headline[0]);
        IReadOnlyList<string> written = OutputFolder is not null || _keeping is not null
            ? await WriteAsync(OutputFolder, outcome.Report, _keeping, cancellationToken).ConfigureAwait(false)
            : [];
        if (Format == OutputFormat.Table)
        {
            outcome.WriteTables(Console);
        }
        else
        {
            Console.WriteFile(outcome.FileFor(Format));
        }

        if (written.Count > 0)
        {
            Console.Note($"wrote {string.Join(", ", written)}");
        }

        return outcome.ExitCode;
    }

    /// <summary>Shows how far a collection is.</summary>
    /// <param name="what">What is done, for example <c>reading</c>.</param>
    public IProgress<CollectionProgress> Progress(string what) => new ShownProgress(Console, what);

    /// <summary>Loads the configuration that <paramref name="search"/> finds, for questions about it, and tells its notes.</summary>
    public LoadedSettings Load(SettingsSearch search)
    {
        LoadedSettings loaded = Task.Run(() => LoadedAsync(search)).GetAwaiter().GetResult();
        foreach (string note in loaded.Notes)
        {
            Console.Note(note);
        }

        return loaded;
    }

    private TarsSettings LoadSettings()
    {
        // The one place that waits: commands read settings as a property, and a backend is asked only when one of them has a use for it.
        bool isFollowed = _result.CommandResult.Command is TarsCommand { FollowsSecrets: true };
        TarsSettings loaded = Task.Run(() => isFollowed ? FollowAsync() : LoadAsync(Search(), Requirements.Command)).GetAwaiter().GetResult();
        foreach (string note in loaded.Loaded.Notes)
        {
            Console.Note(note);
        }

        foreach (Waiver waiver in loaded.Waivers)
        {
            Console.Warn(waiver.ToString());
        }

        return loaded;
    }

    private Task<TarsSettings> FollowAsync()
    {
        _followed = FollowedSettings.Of(Search(), Console, Time);
        return _followed.StartAsync(CancellationToken.None);
    }

    /// <summary>Takes up the credentials of the metrics backends that hold now, in a command that follows secrets.</summary>
    /// <param name="asksAnew">Whether the secret backend is asked now; else what it refreshed in the background counts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether one is another than before.</returns>
    public async Task<bool> TakeUpCredentialsAsync(bool asksAnew, CancellationToken cancellationToken)
    {
        TarsSettings before = Settings;
        _settings = await _followed!.TakeUpAsync(before, asksAnew, cancellationToken).ConfigureAwait(false);
        return !ReferenceEquals(before, _settings);
    }

    private SecretBackendFactory Backends(SettingsSearch search) => new(search.Environment, Time, notice => Console.Note(notice.ToString()));

    /// <summary>Loads the configuration that <paramref name="search"/> finds, whole and bound, without telling its notes.</summary>
    public async Task<TarsSettings> LoadAsync(SettingsSearch search, Requirements requirements)
    {
        SettingsSource source = new(search, requirements, Backends(search).Create);
        await using (source.ConfigureAwait(false))
        {
            return await source.LoadAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Loads what the configuration says about the audit log, without its notes. A secret backend is asked for what <c>${NAME}</c> stands for, and nothing else.</summary>
    public async Task<AuditSettings> LoadAuditSettingsAsync(SettingsSearch search) =>
        AuditSettings.Of(await LoadedAsync(search with { Uses = SecretUses.None }).ConfigureAwait(false));

    private async Task<LoadedSettings> LoadedAsync(SettingsSearch search)
    {
        ISecretBackend? backend = null;
        try
        {
            return await SettingsLoader.LoadForQuestionsAsync(
                search, TarsSchema.Instance, section => backend = Backends(search).Create(section), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            if (backend is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where the configuration is looked for and what the command line says about it.</summary>
    public SettingsSearch Search()
    {
        List<string> sets = [.. Value(CommonOptions.Set) ?? []];
        string? path = null;
        foreach (string config in Value(CommonOptions.Config) ?? [])
        {
            if (config.Contains('=', StringComparison.Ordinal) && !File.Exists(config))
            {
                sets.Add(config);
            }
            else if (path is not null)
            {
                throw new UsageException($"--config: two files, {path} and {config}", "one file is read; put differences into a profile or --set");
            }
            else
            {
                path = config;
            }
        }

        List<CommandLineSetting> settings = [.. sets.Select(text => CommandLineSetting.Parse(text))];
        Add(settings, CommonOptions.PrometheusUrl, "observability.prometheus_url");
        Add(settings, CommonOptions.Backend, "observability.backend");
        Add(settings, CommonOptions.TimeZone, "observability.time_zone");
        Add(settings, CommonOptions.Timestamp, "security.timestamp_url");
        settings.AddRange(Switched(CommonOptions.Sign, "security.signing_enabled").Concat(Switched(CommonOptions.Encrypt, "security.encryption_enabled")));
        settings.AddRange(Commands.Serve.ServeOptions.SettingsOf(this));
        return SettingsSearch.OfProcess() with { ConfigPath = path, Profile = Value(CommonOptions.Profile), CommandLine = settings };
    }

    /// <summary>The options that say which configuration holds, as they were given: for a command that this one runs.</summary>
    public string[] ConfiguringArguments() =>
    [
        .. Value(CommonOptions.Profile) is { } profile ? [CommonOptions.Profile.Name, profile] : (string[])[],
        .. (Value(CommonOptions.Config) ?? []).SelectMany(config => (string[])[CommonOptions.Config.Name, config]),
        .. (Value(CommonOptions.Set) ?? []).SelectMany(set => (string[])[CommonOptions.Set.Name, set]),
    ];

    private IEnumerable<CommandLineSetting> Switched(Option<bool> option, string path) => Has(option) ? [new CommandLineSetting(option.Name, path, "true")] : [];

    private void Add(List<CommandLineSetting> settings, Option<string?> option, string path)
    {
        if (Value(option) is { } text)
        {
            settings.Add(new CommandLineSetting(option.Name, path, text));
        }
    }

    private sealed class ShownProgress(TarsConsole console, string what) : IProgress<CollectionProgress>
    {
        public void Report(CollectionProgress value) => console.Progress($"{what} {value.Done}/{value.Total}  {value.Current}");
    }

    private sealed class ShownTimings(TarsConsole console) : IProgress<QueryTiming>
    {
        public void Report(QueryTiming value) => console.Note(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{value.Duration.TotalMilliseconds,8:0} ms  {value.SeriesCount,6} series  {value.PointCount,9} points  {value.Requests} requests  {value.Query}{(value.Failure is null ? string.Empty : "  FAILED: " + value.Failure)}"));
    }
}

/// <summary>What was collected for a command.</summary>
/// <param name="Set">The series; the window and the history before it.</param>
/// <param name="Analysis">Objectives and exceptions.</param>
/// <param name="Window">The window that is told.</param>
internal sealed record Collected(SeriesSet Set, AnalysisSettings Analysis, TimeWindow Window)
{
    /// <summary>Where the series came from, for the statement of a signed report; null in a demo.</summary>
    public Sealing.Envelopes.RunSource? Source { get; init; }

    /// <summary>Digest of the capture that was read; null for a backend.</summary>
    public string? CaptureSha256 { get; init; }
}

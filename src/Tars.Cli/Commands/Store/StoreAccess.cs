using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Configuration.Layers;
using Tars.Sealing.Verification;

namespace Tars.Cli.Commands.Store;

/// <summary>What commands over the store need of the configuration, read once.</summary>
/// <param name="Storage">Where rows and files are.</param>
/// <param name="Audit">Where the audit log is.</param>
/// <param name="Sealing">Whose seals are believed.</param>
/// <param name="Loaded">The configuration.</param>
internal sealed record StoreAccess(StorageSettings Storage, AuditSettings Audit, SealingSettings Sealing, LoadedSettings Loaded)
{
    /// <summary>A folder of keys that alone are believed.</summary>
    public static System.CommandLine.Option<string?> Trust { get; } =
        CommonOptions.Text("--trust", "DIR", "A folder of public keys (*.pub, *.pem): the only ones that are believed, in place of the key ring's");

    /// <summary>Reads the configuration.</summary>
    public static StoreAccess Of(CommandRun run)
    {
        LoadedSettings loaded = run.Load(run.Search());
        SealingSettings sealing = SealingSettings.Of(loaded);
        return new StoreAccess(StorageSettings.Of(loaded), AuditSettings.Of(loaded), sealing with { KeyRing = run.Value(SealingOptions.Ring) ?? sealing.KeyRing }, loaded);
    }

    /// <summary>Whether there is an embedded store yet; a server is asked when it is opened.</summary>
    public bool IsThere => Storage.Address.File is not { } file || File.Exists(file);

    /// <summary>Opens a store that is there.</summary>
    public Task<OpenedStore> OpenAsync(CommandRun run, CancellationToken cancellationToken) => OpenedStore.OpenAsync(Storage, run.Time, creates: false, cancellationToken);

    /// <summary>The keys that are believed; null when none are named anywhere.</summary>
    public TrustedKeys? TrustOf(CommandRun run)
    {
        if (run.Value(Trust) is { } folder)
        {
            return Directory.Exists(folder) ? TrustedKeys.FromFolder(folder) : throw new UsageException($"{Trust.Name}: {folder}: there is no such folder");
        }

        bool isNamed = Sealing.PublicKey is not null || (Sealing.KeyRing is { } ring && Directory.Exists(ring));
        return isNamed ? new KeyRingAccess(Sealing, TimeProvider.System).Trusted() : null;
    }

    /// <summary>Numbers as a JSON object.</summary>
    public static JsonObject Counts(IEnumerable<KeyValuePair<string, long>> counts)
    {
        JsonObject all = [];
        foreach ((string name, long count) in counts)
        {
            all[name] = count;
        }

        return all;
    }

    /// <summary>Tables that have rows, after a colon; empty when none has.</summary>
    public static string Tables(IReadOnlyDictionary<string, long> rows) =>
        string.Join(", ", rows.Where(row => row.Value > 0).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Key} {row.Value}"))) is { Length: > 0 } list ? $": {list}" : string.Empty;

    /// <summary>A number of things in words: <c>1 file</c>, <c>2 files</c>.</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? string.Empty : "s")}");

    /// <summary>Bytes in words.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };

    /// <summary>Shows how far long work is.</summary>
    public static IProgress<string> Progress(CommandRun run) => new Shown(run.Console);

    private sealed class Shown(TarsConsole console) : IProgress<string>
    {
        public void Report(string value) => console.Progress(value);
    }
}

using Tars.Application.Settings;
using Tars.Application.Settings.Refusals;
using Tars.Configuration.Layers;
using Tars.Configuration.Reloading;
using Tars.Configuration.Secrets;

namespace Tars.Cli.CommandLine;

/// <summary>
/// The settings of a run that goes on. The secret backend lives as long as the run, so that what it refreshes in the background is taken up.
/// </summary>
internal sealed class FollowedSettings : IAsyncDisposable
{
    private readonly TarsConsole _console;
    private readonly SettingsSource _source;
    private SettingsMonitor<TarsSettings>? _monitor;
    private TarsSettings? _taken;

    private FollowedSettings(SettingsSearch search, TarsConsole console, TimeProvider time)
    {
        _console = console;
        _source = new SettingsSource(search, Requirements.Command, new SecretBackendFactory(search.Environment, time, Told).Create);
    }

    /// <summary>Prepares the settings that <paramref name="search"/> finds; nothing is loaded. The caller disposes them.</summary>
    public static FollowedSettings Of(SettingsSearch search, TarsConsole console, TimeProvider time) => new(search, console, time);

    /// <summary>Loads the configuration.</summary>
    /// <exception cref="Configuration.SettingsException">Something is wrong; every problem is in it.</exception>
    public async Task<TarsSettings> StartAsync(CancellationToken cancellationToken)
    {
        _monitor = await _source.FollowSecretsAsync(Told, cancellationToken).ConfigureAwait(false);
        return _taken = _monitor.Current;
    }

    /// <summary>Returns <paramref name="settings"/> with the credentials that hold now; the same object when they are the same.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="asksAnew">Whether the secret backend is asked now, whatever it answered before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TarsSettings> TakeUpAsync(TarsSettings settings, bool asksAnew, CancellationToken cancellationToken)
    {
        SettingsMonitor<TarsSettings> monitor = _monitor ?? throw new InvalidOperationException("nothing is loaded yet");
        if (asksAnew)
        {
            await _source.RefreshSecretsAsync(cancellationToken).ConfigureAwait(false);
            await monitor.ReloadAsync(cancellationToken).ConfigureAwait(false);
        }

        TarsSettings current = monitor.Current;
        if (ReferenceEquals(current, _taken))
        {
            return settings;
        }

        _taken = current;
        return settings.WithLoginsOf(current);
    }

    /// <summary>Ends the refreshes and disposes the secret backend.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_monitor is not null)
        {
            await _monitor.DisposeAsync().ConfigureAwait(false);
        }

        await _source.DisposeAsync().ConfigureAwait(false);
    }

    private void Told(SecretNotice notice)
    {
        _console.Note(notice.ToString());
        if (notice is SecretNotice.Rotated)
        {
            _source.SecretRotated();
        }
    }

    private void Told(ReloadOutcome outcome)
    {
        if (outcome is ReloadOutcome.Kept kept)
        {
            _console.Warn($"the configuration cannot be loaded again, the last one stays in force: {string.Join("; ", kept.Problems)}");
        }
    }
}

using Tars.Application.Settings.Refusals;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Reloading;
using Tars.Configuration.Secrets;

namespace Tars.Application.Settings;

/// <summary>
/// Loads one configuration, as often as needed, and keeps the secret backend it names as long as its <c>secrets</c> section says the same.
/// One loading at a time.
/// </summary>
/// <param name="search">Where the configuration is.</param>
/// <param name="requirements">What is asked of it.</param>
/// <param name="backendOf">Makes the backend that a valid <c>secrets</c> section describes.</param>
public sealed class SettingsSource(SettingsSearch search, Requirements requirements, Func<SettingsSection, ISecretBackend> backendOf) : IAsyncDisposable
{
    private SettingsMonitor<TarsSettings>? _monitor;
    private SettingsSection? _described;
    private ISecretBackend? _backend;
    private ISecretBackend? _retired;

    /// <summary>Loads and binds the configuration.</summary>
    /// <exception cref="SettingsException">Something is wrong; every problem is in it.</exception>
    public async Task<TarsSettings> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TarsSettings.LoadAsync(search, requirements, BackendOf, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(Interlocked.Exchange(ref _retired, null)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Loads the configuration and keeps it current: on a change of its files, on SIGHUP, and when <see cref="SecretRotated"/> is called.
    /// The caller disposes the monitor before this source.
    /// </summary>
    /// <param name="time">The clock of polls.</param>
    /// <param name="report">Is told of every outcome. Must not throw.</param>
    /// <param name="cancellationToken">Ends the first loading.</param>
    /// <exception cref="SettingsException">The first configuration is invalid.</exception>
    public async Task<SettingsMonitor<TarsSettings>> MonitorAsync(TimeProvider time, Action<ReloadOutcome> report, CancellationToken cancellationToken)
    {
        SettingsMonitor<TarsSettings> monitor = await FollowSecretsAsync(report, cancellationToken).ConfigureAwait(false);
        return monitor
            .Watch(watched => new FileWatch(search, time, watched.Request))
            .Watch(watched => new SignalWatch(watched.Request));
    }

    /// <summary>
    /// Loads the configuration and loads it again only when <see cref="SecretRotated"/> is called, or when the caller asks the monitor to.
    /// The caller disposes the monitor before this source.
    /// </summary>
    /// <param name="report">Is told of every outcome. Must not throw.</param>
    /// <param name="cancellationToken">Ends the first loading.</param>
    /// <exception cref="SettingsException">The first configuration is invalid.</exception>
    public async Task<SettingsMonitor<TarsSettings>> FollowSecretsAsync(Action<ReloadOutcome> report, CancellationToken cancellationToken) =>
        _monitor = await SettingsMonitor<TarsSettings>.StartAsync(LoadAsync, settings => settings.Loaded, report, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks the secret backend again, now, for every secret that was taken from it; without effect where none was.</summary>
    public Task RefreshSecretsAsync(CancellationToken cancellationToken) =>
        _backend is CachedSecrets cached ? cached.RefreshAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Asks for a reload because a secret has a new value; without effect before <see cref="MonitorAsync"/>.</summary>
    public void SecretRotated() => _monitor?.Request();

    /// <summary>Disposes the backend.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(Interlocked.Exchange(ref _backend, null)).ConfigureAwait(false);
        await EndAsync(Interlocked.Exchange(ref _retired, null)).ConfigureAwait(false);
    }

    private ISecretBackend BackendOf(SettingsSection secrets)
    {
        if (_backend is null || _described?.Says(secrets) != true)
        {
            ISecretBackend next = backendOf(secrets);
            (_retired, _backend, _described) = (_backend, next, secrets);
        }

        return _backend;
    }

    private static async ValueTask EndAsync(ISecretBackend? backend)
    {
        if (backend is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (backend as IDisposable)?.Dispose();
        }
    }
}

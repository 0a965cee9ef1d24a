using Tars.Configuration.Layers;

namespace Tars.Configuration.Reloading;

/// <summary>
/// Keeps a configuration current: whenever something may have changed, the whole of it is loaded and validated again, and only a valid one
/// replaces the old one, in one step. Readers take <see cref="Current"/> once for a piece of work and never see a mixture. Thread-safe.
/// </summary>
/// <typeparam name="T">What a configuration is bound to; immutable.</typeparam>
public sealed class SettingsMonitor<T> : IAsyncDisposable
    where T : class
{
    private readonly Func<CancellationToken, Task<T>> _load;
    private readonly Func<T, LoadedSettings> _loadedOf;
    private readonly Action<ReloadOutcome> _report;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly List<IDisposable> _triggers = [];
    private T _current;
    private int _isRequested;

    private SettingsMonitor(T first, Func<CancellationToken, Task<T>> load, Func<T, LoadedSettings> loadedOf, Action<ReloadOutcome> report) =>
        (_current, _load, _loadedOf, _report) = (first, load, loadedOf, report);

    /// <summary>The configuration in force: the last valid one.</summary>
    public T Current => Volatile.Read(ref _current);

    /// <summary>Loads the first configuration and watches nothing yet: add triggers with <see cref="Watch"/>.</summary>
    /// <param name="load">Loads and validates everything; throws <see cref="SettingsException"/> for an invalid configuration.</param>
    /// <param name="loadedOf">Returns what a configuration was bound from, to tell what changed.</param>
    /// <param name="report">Is told of every outcome, one at a time. Must not throw.</param>
    /// <param name="cancellationToken">Ends the first loading.</param>
    /// <exception cref="SettingsException">The first configuration is invalid: there is no last good one yet.</exception>
    public static async Task<SettingsMonitor<T>> StartAsync(
        Func<CancellationToken, Task<T>> load, Func<T, LoadedSettings> loadedOf, Action<ReloadOutcome> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(loadedOf);
        ArgumentNullException.ThrowIfNull(report);
        return new SettingsMonitor<T>(await load(cancellationToken).ConfigureAwait(false), load, loadedOf, report);
    }

    /// <summary>Adds what asks for a reload; the monitor disposes it.</summary>
    /// <param name="trigger">Starts the trigger; it calls <see cref="Request"/> of the monitor it is given.</param>
    public SettingsMonitor<T> Watch(Func<SettingsMonitor<T>, IDisposable> trigger)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        _triggers.Add(trigger(this));
        return this;
    }

    /// <summary>Asks for a reload in the background; several requests that come before it begins are one.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref _isRequested, 1) == 0 && !_end.IsCancellationRequested)
        {
            _ = Task.Run(ReloadRequestedAsync);
        }
    }

    /// <summary>Loads again, now, and tells the outcome.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it; the configuration is as it was.</exception>
    public async Task<ReloadOutcome> ReloadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Interlocked.Exchange(ref _isRequested, 0);
            ReloadOutcome outcome;
            try
            {
                T next = await _load(cancellationToken).ConfigureAwait(false);
                IReadOnlyList<SettingsChange> changes = _loadedOf(next).ChangesSince(_loadedOf(_current));
                Volatile.Write(ref _current, next);
                outcome = changes.Count > 0 ? new ReloadOutcome.Replaced(changes) : new ReloadOutcome.Unchanged();
            }
            catch (SettingsException refusal)
            {
                outcome = new ReloadOutcome.Kept(refusal.Problems);
            }

            _report(outcome);
            return outcome;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Ends the triggers and a reload under way; <see cref="Current"/> stays readable.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        foreach (IDisposable trigger in _triggers)
        {
            trigger.Dispose();
        }

        await _end.CancelAsync().ConfigureAwait(false);
        await _loading.WaitAsync().ConfigureAwait(false);
        _loading.Dispose();
        _end.Dispose();
    }

    private async Task ReloadRequestedAsync()
    {
        try
        {
            await ReloadAsync(_end.Token).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The monitor was disposed meanwhile.
        }
    }
}

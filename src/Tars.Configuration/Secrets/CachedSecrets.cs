namespace Tars.Configuration.Secrets;

/// <summary>
/// Keeps what a backend answered: for a lifetime, refreshed in the background before its end, and for a grace past it while the backend
/// cannot be reached. A value that is replaced or dropped is zeroed; readers own copies. Thread-safe; who asks for a name that is being
/// asked for waits for the same answer.
/// </summary>
/// <remarks>
/// A refresh that is refused, or answered "absent", does not end a value before its lifetime, but nothing prolongs it. Only found secrets
/// are kept: every other answer is asked for anew.
/// </remarks>
public sealed class CachedSecrets : ISecretBackend, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CachedSecret> _entries = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly ISecretBackend _backend;
    private readonly CacheRules _rules;
    private readonly TimeProvider _time;
    private readonly Action<SecretNotice>? _notices;
    private readonly Random _random;
    private readonly long _start;
    private long _questions;
    private bool _isDisposed;

    /// <summary>Creates a cache, which owns its backend.</summary>
    /// <param name="backend">What is asked.</param>
    /// <param name="rules">How long values are kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notices">Is told of rotated, kept and lost values, on the thread that learnt of them, outside any lock; null to tell nobody. Must not throw.</param>
    /// <param name="random">Spreads refreshes; null for one of its own.</param>
    public CachedSecrets(ISecretBackend backend, CacheRules rules, TimeProvider time, Action<SecretNotice>? notices = null, Random? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(rules.Lifetime, TimeSpan.Zero, nameof(rules));
        ArgumentOutOfRangeException.ThrowIfLessThan(rules.Grace, TimeSpan.Zero, nameof(rules));
        (_backend, _rules, _time, _notices, _random) = (backend, rules, time, notices, random ?? new Random());
        _start = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public string Name => _backend.Name;

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TaskCompletionSource<SecretAnswer?> question;
            CachedSecret? mine = null;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                CachedSecret entry = _entries.TryGetValue(name, out CachedSecret? known) ? known : _entries[name] = new CachedSecret(name);
                TimeSpan now = Now;
                if (entry.IsGood(now, _rules))
                {
                    return entry.Copy(now);
                }

                if (entry.Question is null)
                {
                    entry.Question = new TaskCompletionSource<SecretAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
                    mine = entry;
                }

                question = entry.Question;
            }

            if (mine is not null)
            {
                _ = AskAsync(mine, question);
            }

            if (await question.Task.WaitAsync(cancellationToken).ConfigureAwait(false) is SecretAnswer answer)
            {
                return answer;
            }

            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_entries.TryGetValue(name, out CachedSecret? entry) && entry.Value is not null)
                {
                    return entry.Copy(Now);
                }
            }
        }
    }

    /// <summary>Asks again for every secret held, now. What is new is told by notices.</summary>
    /// <param name="cancellationToken">Ends the wait; questions under way go on.</param>
    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        CachedSecret[] held;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            held = [.. _entries.Values.Where(entry => entry.Value is not null)];
        }

        await Task.WhenAll(held.Select(Refresh)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Zeroes every value and disposes the backend. Questions under way end with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (CachedSecret entry in _entries.Values)
            {
                entry.Dispose();
            }
        }

        await _end.CancelAsync().ConfigureAwait(false);
        await SecretChain.DisposeAsync(_backend).ConfigureAwait(false);
        _end.Dispose();
    }

    private Task<SecretAnswer?> Refresh(CachedSecret entry)
    {
        TaskCompletionSource<SecretAnswer?> question;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return Task.FromResult<SecretAnswer?>(null);
            }

            if (entry.Question is not null)
            {
                return entry.Question.Task;
            }

            question = entry.Question = new TaskCompletionSource<SecretAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = AskAsync(entry, question);
        return question.Task;
    }

    // Fields of one secret change together. When one has a new value the others are asked before anybody is told, so that nobody pairs a new
    // user name with an old password.
    private async Task AskAsync(CachedSecret entry, TaskCompletionSource<SecretAnswer?> question)
    {
        long asked = Interlocked.Increment(ref _questions);
        SecretNotice? notice = await AskOnceAsync(entry, question).ConfigureAwait(false);
        SecretNotice?[] others = notice is SecretNotice.Rotated
            ? await Task.WhenAll(Siblings(entry, asked)).ConfigureAwait(false)
            : [];
        foreach (SecretNotice told in others.Prepend(notice).OfType<SecretNotice>())
        {
            _notices?.Invoke(told);
        }
    }

    private List<Task<SecretNotice?>> Siblings(CachedSecret entry, long asked)
    {
        List<Task<SecretNotice?>> siblings = [];
        List<(CachedSecret Entry, TaskCompletionSource<SecretAnswer?> Question)> toAsk = [];
        lock (_lock)
        {
            foreach (CachedSecret other in _isDisposed ? [] : _entries.Values.Where(other => other != entry && other.Group == entry.Group && other.Value is not null))
            {
                if (other.Question is not null)
                {
                    siblings.Add(Task.WhenAny(other.Question.Task).ContinueWith(_ => (SecretNotice?)null, TaskScheduler.Default));
                }
                else if (other.Answered < asked)
                {
                    other.Question = new TaskCompletionSource<SecretAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
                    toAsk.Add((other, other.Question));
                }
            }
        }

        siblings.AddRange(toAsk.Select(one => AskOnceAsync(one.Entry, one.Question)));
        return siblings;
    }

    private async Task<SecretNotice?> AskOnceAsync(CachedSecret entry, TaskCompletionSource<SecretAnswer?> question)
    {
        SecretAnswer? answer = null;
        SecretNotice? notice;
        try
        {
            answer = await _backend.FindAsync(entry.Name, _end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isDisposed)
        {
            // Disposal ended the question; those who wait are told below.
        }
        finally
        {
            notice = Settle(entry, question, answer);
        }

        return notice;
    }

    private SecretNotice? Settle(CachedSecret entry, TaskCompletionSource<SecretAnswer?> question, SecretAnswer? answer)
    {
        SecretNotice? notice;
        lock (_lock)
        {
            entry.Question = null;
            entry.Answered = Interlocked.Increment(ref _questions);
            if (_isDisposed)
            {
                (answer as SecretAnswer.Found)?.Value.Dispose();
                question.SetException(new ObjectDisposedException(nameof(CachedSecrets)));
                return null;
            }

            (notice, TimeSpan? due) = entry.Settle(answer, Now, _rules, _random);
            if (due is TimeSpan next)
            {
                Schedule(entry, next);
            }

            if (answer is null)
            {
                question.SetException(new InvalidOperationException($"the backend {_backend.Name} broke when it was asked for a secret"));
            }
            else
            {
                question.SetResult(entry.Value is null ? answer : null);
            }
        }

        return notice;
    }

    private void Schedule(CachedSecret entry, TimeSpan due)
    {
        entry.Timer ??= _time.CreateTimer(state => Tick((CachedSecret)state!), entry, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        entry.Timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Tick(CachedSecret entry)
    {
        bool isLost = false;
        lock (_lock)
        {
            if (!_isDisposed && entry.Value is not null && Now >= entry.Expires + _rules.Grace)
            {
                entry.Lose();
                isLost = true;
            }
        }

        if (isLost)
        {
            _notices?.Invoke(new SecretNotice.Lost(entry.Name, $"{entry.Place}: it could not be refreshed in time"));
        }

        _ = Refresh(entry);
    }
}

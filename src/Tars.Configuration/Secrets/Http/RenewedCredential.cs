namespace Tars.Configuration.Secrets.Http;

/// <summary>
/// Keeps one credential and gets a new one before it ends, one request at a time. While the old one is still good, a failure to renew it
/// is not a failure: it is tried again ten seconds later.
/// </summary>
/// <typeparam name="T">The credential.</typeparam>
internal sealed class RenewedCredential<T> : IDisposable
    where T : class, IExpiring<T>
{
    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    private readonly Func<CancellationToken, Task<T>> _get;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private T? _current;
    private DateTimeOffset? _renewAt;

    /// <summary>Prepares; nothing is asked yet.</summary>
    /// <param name="get">Gets a new credential, or throws <see cref="SecretBackendException"/>.</param>
    /// <param name="time">The clock.</param>
    public RenewedCredential(Func<CancellationToken, Task<T>> get, TimeProvider time) => (_get, _time) = (get, time);

    /// <summary>Returns a copy, for one use, of a credential that has not ended.</summary>
    /// <exception cref="SecretBackendException">There is none.</exception>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (_current is null || now >= _renewAt || now >= _current.Expires)
            {
                await RenewAsync(now, cancellationToken).ConfigureAwait(false);
            }

            return _current!.Copy();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets the credential: it was refused.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        _current?.Dispose();
        _current = null;
        _gate.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current?.Dispose();
        _gate.Dispose();
    }

    private async Task RenewAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        T fresh;
        try
        {
            fresh = await _get(cancellationToken).ConfigureAwait(false);
        }
        catch (SecretBackendException) when (_current is { Expires: { } end } && end > now)
        {
            _renewAt = now + AfterFailure;
            return;
        }

        _current?.Dispose();
        _current = fresh;
        if (fresh.Expires is not { } expires)
        {
            _renewAt = null;
            return;
        }

        // Five minutes before the end, and for a short-lived one in its last quarter.
        TimeSpan quarter = (expires - now) / 4;
        _renewAt = expires - (quarter < LongestLead ? quarter : LongestLead);
    }
}

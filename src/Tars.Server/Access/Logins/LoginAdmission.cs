namespace Tars.Server.Access.Logins;

/// <summary>
/// Lets few passwords be looked at in the same moment, and few others wait: each takes memory and a core's time on purpose, and a flood of them must not slow anybody else.
/// </summary>
/// <param name="atOnce">How many at once.</param>
/// <param name="waiting">How many may wait; more are turned away at once.</param>
internal sealed class LoginAdmission(int atOnce, int waiting) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(atOnce, atOnce);
    private int _here;

    /// <summary>How long whoever was turned away should wait.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Takes a place.</summary>
    /// <returns>The place, to be given back; null when there is none.</returns>
    public async Task<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _here) > atOnce + waiting)
        {
            Interlocked.Decrement(ref _here);
            return null;
        }

        bool isIn = false;
        try
        {
            isIn = await _places.WaitAsync(Patience, cancellationToken);
            return isIn ? new Place(this) : null;
        }
        finally
        {
            if (!isIn)
            {
                Interlocked.Decrement(ref _here);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private sealed class Place(LoginAdmission admission) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                admission._places.Release();
                Interlocked.Decrement(ref admission._here);
            }
        }
    }
}

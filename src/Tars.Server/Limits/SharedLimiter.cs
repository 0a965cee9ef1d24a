using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Tars.Server.Limits;

/// <summary>
/// Counts with the other replicas in Redis, and beside it in this process. When Redis cannot be asked, this process's own count decides from the very
/// request that found out: it knows what it has admitted so far, so nobody starts at zero, and nobody is refused for want of Redis. For one window after
/// Redis has come back, both must admit, because a Redis that was started anew has forgotten.
/// </summary>
internal sealed partial class SharedLimiter(RedisWindows redis, MemoryLimiter guard, TimeProvider time, ILogger<SharedLimiter> log, TimeSpan window) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _lost = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task _recovering = Task.CompletedTask;
    private int _isDisposed;
    private LimiterState _state = new(LimiterMode.Local, time.GetUtcNow(), time.GetTimestamp());

    /// <summary>How requests are counted now.</summary>
    public LimiterState State => Volatile.Read(ref _state);

    /// <summary>Admits a request and counts it, or refuses it.</summary>
    public async ValueTask<LimitDecision> TakeAsync(LimitKey key)
    {
        LimiterState state = State;
        if (state.Mode == LimiterMode.Local)
        {
            return guard.Take(key);
        }

        if (state.Mode == LimiterMode.Recovering)
        {
            if (time.GetElapsedTime(state.Timestamp) > window)
            {
                Interlocked.CompareExchange(ref _state, state with { Mode = LimiterMode.Shared }, state);
            }
            else if (guard.Look(key) is { IsAdmitted: false } refused)
            {
                return refused;
            }
        }

        try
        {
            LimitDecision decision = await redis.TakeAsync(key).ConfigureAwait(false);
            if (decision.IsAdmitted)
            {
                guard.Note(key);
            }

            return decision;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Lose(state, exception);
            return guard.Take(key);
        }
    }

    /// <summary>Connects, waiting a moment for it: a server whose Redis is away starts all the same.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await TryProbeAsync().ConfigureAwait(false))
        {
            Volatile.Write(ref _state, new LimiterState(LimiterMode.Shared, time.GetUtcNow(), time.GetTimestamp()));
        }
        else
        {
            Away(log, redis.Server);
            _lost.Release();
        }

        _recovering = RecoverAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _recovering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) // a container disposes what it knows by two names twice
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            _stop.Dispose();
            _lost.Dispose();
        }
    }

    private void Lose(LimiterState seen, Exception exception)
    {
        LimiterState now = State;
        if (now.Mode != LimiterMode.Local && now.Timestamp == seen.Timestamp
            && Interlocked.CompareExchange(ref _state, new LimiterState(LimiterMode.Local, time.GetUtcNow(), time.GetTimestamp()), now) == now)
        {
            Lost(log, redis.Server, exception.GetType().Name);
            _lost.Release();
        }
    }

    private async Task RecoverAsync()
    {
        while (true)
        {
            await _lost.WaitAsync(_stop.Token).ConfigureAwait(false);
            for (TimeSpan pause = FirstPause; !await TryProbeAsync().ConfigureAwait(false); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                await Task.Delay(pause * (RandomNumberGenerator.GetInt32(80, 121) / 100.0), time, _stop.Token).ConfigureAwait(false);
            }

            Volatile.Write(ref _state, new LimiterState(LimiterMode.Recovering, time.GetUtcNow(), time.GetTimestamp()));
            Back(log, redis.Server);
        }
    }

    private async Task<bool> TryProbeAsync()
    {
        try
        {
            await redis.ProbeAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Redis ({Server}) cannot be reached; this process counts requests by itself until it can")]
    private static partial void Away(ILogger log, string server);

    [LoggerMessage(2, LogLevel.Warning, "Redis ({Server}) is lost ({Reason}); this process counts requests by itself until it is back")]
    private static partial void Lost(ILogger log, string server, string reason);

    [LoggerMessage(3, LogLevel.Information, "Redis ({Server}) is back; requests are counted with the other replicas again")]
    private static partial void Back(ILogger log, string server);
}

/// <summary>How requests are counted.</summary>
/// <param name="Mode">By whom.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Timestamp">The same in ticks of the clock.</param>
internal sealed record LimiterState(LimiterMode Mode, DateTimeOffset Since, long Timestamp);

/// <summary>Who counts requests.</summary>
internal enum LimiterMode
{
    /// <summary>This process alone.</summary>
    Local,

    /// <summary>Redis, and this process, which remembers from before.</summary>
    Recovering,

    /// <summary>Redis, for all replicas.</summary>
    Shared,
}

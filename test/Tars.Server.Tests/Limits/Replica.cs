using Microsoft.Extensions.Logging.Abstractions;
using Tars.Server.Limits;

namespace Tars.Server.Tests.Limits;

/// <summary>What one replica of the server has to count requests with.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly RedisWindows _redis;

    private Replica(RedisSettings settings, TimeSpan window)
    {
        _redis = new RedisWindows(settings, TimeProvider.System);
        Guard = new MemoryLimiter(TimeProvider.System);
        Limiter = new SharedLimiter(_redis, Guard, TimeProvider.System, NullLogger<SharedLimiter>.Instance, window);
    }

    public MemoryLimiter Guard { get; }

    public SharedLimiter Limiter { get; }

    public static async Task<Replica> StartAsync(int port, TimeSpan window, string? password = null)
    {
        Replica replica = new(new RedisSettings("127.0.0.1", port, IsSecure: false, 0, null, password), window);
        await replica.Limiter.StartAsync(CancellationToken.None);
        return replica;
    }

    public async Task WaitForAsync(LimiterMode mode, CancellationToken cancellationToken)
    {
        while (Limiter.State.Mode != mode)
        {
            await Task.Delay(20, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Limiter.DisposeAsync();
        await _redis.DisposeAsync();
    }
}

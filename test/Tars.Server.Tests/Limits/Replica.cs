using Microsoft.Extensions.Logging;
using Tars.Server.Limits;
using Tars.Server.Telemetry;

namespace Tars.Server.Tests.Limits;

/// <summary>What one replica of the server has to count requests with.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly RedisWindows _redis;
    private readonly StringWriter _told = new();
    private readonly NoticeLog _notices;
    private readonly LoggerFactory _loggers;

    private Replica(RedisSettings settings, TimeSpan window)
    {
        _redis = new RedisWindows(settings, TimeProvider.System);
        Guard = new MemoryLimiter(TimeProvider.System);
        _notices = new NoticeLog(_told, isJson: false, LogLevel.Information, TimeProvider.System);
        _loggers = new LoggerFactory([_notices]);
        Limiter = new SharedLimiter(_redis, Guard, TimeProvider.System, _loggers.CreateLogger<SharedLimiter>(), window);
    }

    public MemoryLimiter Guard { get; }

    /// <summary>What stands in its log.</summary>
    public string Told => _told.ToString();

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
        _loggers.Dispose();
        _notices.Dispose();
        await _told.DisposeAsync();
    }
}

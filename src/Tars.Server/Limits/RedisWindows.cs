using StackExchange.Redis;

namespace Tars.Server.Limits;

/// <summary>Counts requests in Redis, with all replicas that use it. Exact by the clock of its server.</summary>
internal sealed class RedisWindows(RedisSettings settings, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long an answer is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const string Prefix = "tars:limit:";
    private static readonly LimitRule Probe = new("probe", 1, TimeSpan.FromSeconds(1));

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private ConnectionMultiplexer? _connection;

    /// <summary>The server, without anything secret.</summary>
    public string Server => settings.ToString();

    /// <summary>Admits a request and counts it, or refuses it.</summary>
    /// <exception cref="RedisException">Redis cannot be asked now.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public async Task<LimitDecision> TakeAsync(LimitKey key)
    {
        RedisResult[] answer = (RedisResult[])(await RunAsync(key).WaitAsync(Patience, time).ConfigureAwait(false))!;
        return new LimitDecision((int)answer[0] == 1, (int)answer[1], TimeSpan.FromMicroseconds(Math.Max(0, (long)answer[2])));
    }

    /// <summary>Whether it can count, writing included.</summary>
    /// <exception cref="RedisException">It cannot.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public async Task ProbeAsync()
    {
        await _connecting.WaitAsync().ConfigureAwait(false);
        try
        {
            _connection ??= await ConnectionMultiplexer.ConnectAsync(settings.ToOptions(Patience)).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }

        await TakeAsync(LimitKey.Of(Probe, address: null)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        _connecting.Dispose();
    }

    private async Task<RedisResult> RunAsync(LimitKey key)
    {
        IDatabase database = _connection?.GetDatabase() ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.DemandMaster, $"{Server}: not connected yet");
        RedisKey[] keys = [key.Shared(Prefix)];
        RedisValue[] values = [key.Rule.Requests, (long)key.Rule.Window.TotalMicroseconds];
        try
        {
            return await database.ScriptEvaluateAsync(WindowScript.Sha1, keys, values, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.NoScript)
        {
            // A server that was started anew, or another one: it learns the script by running it once.
            return await database.ScriptEvaluateAsync(WindowScript.Text, keys, values, CommandFlags.DemandMaster | CommandFlags.NoScriptCache).ConfigureAwait(false);
        }
    }
}

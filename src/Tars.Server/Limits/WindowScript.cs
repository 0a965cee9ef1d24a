using System.Security.Cryptography;
using System.Text;

namespace Tars.Server.Limits;

/// <summary>
/// The sliding window in Redis: one list a key, the newest request first, each by the server's time in microseconds. One round trip decides and counts.
/// A request is admitted when fewer than the limit are younger than the window. When the server's clock was set back, what was counted counts from now on:
/// neither for ever nor not at all.
/// </summary>
internal static class WindowScript
{
    /// <summary>The script. KEYS: the list. ARGV: the limit, the window in microseconds. Returns whether it is admitted, what remains, and the microseconds until the oldest leaves.</summary>
    public const string Text = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
        local newest = tonumber(redis.call('LINDEX', KEYS[1], 0) or 0)
        local used = redis.call('LLEN', KEYS[1])
        if newest > now + 1000000 then
          redis.call('DEL', KEYS[1])
          for i = 1, used do redis.call('LPUSH', KEYS[1], string.format('%.0f', now)) end
        elseif newest > now then
          now = newest
        end
        local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or 0)
        while used > 0 and oldest <= now - window do
          redis.call('RPOP', KEYS[1])
          used = used - 1
          oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or 0)
        end
        if used >= limit then
          return {0, 0, tonumber(redis.call('LINDEX', KEYS[1], limit - 1)) + window - now}
        end
        redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
        redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000) + 1000)
        return {1, limit - used - 1, (used == 0 and now or oldest) + window - now}
        """;

    /// <summary>Its SHA-1, by which Redis knows it. No secret hangs on it.</summary>
#pragma warning disable CA5350 // the protocol asks for SHA-1
    public static readonly byte[] Sha1 = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
}

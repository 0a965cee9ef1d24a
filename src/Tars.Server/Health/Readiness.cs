using Tars.Application.Stores;
using Tars.Server.Hosting;
using Tars.Server.Limits;
using Tars.Storage;
using Tars.Storage.Blobs;

namespace Tars.Server.Health;

/// <summary>Whether what the server depends on can be used. Each thing is asked at most once a second, however many ask.</summary>
internal sealed class Readiness(ServerParts parts, StoreVersions versions, RateLimiter limiter) : IDisposable
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (long Asked, IReadOnlyDictionary<string, string> Found)? _last;
    private volatile bool _isEnding;

    /// <summary>Whether the server has been told to end: it is not ready from then on, while it finishes what it has.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Says that the server ends.</summary>
    public void End() => _isEnding = true;

    /// <summary>Each thing and its state: <c>ok</c>, <c>unavailable</c>, <c>none</c> where there is none, or <c>local</c> where replicas count requests each by itself.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AskAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is not { } last || parts.Time.GetElapsedTime(last.Asked) >= LongestAge)
            {
                long asked = parts.Time.GetTimestamp();
                _last = last = (asked, new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    ["audit_log"] = parts.Audit is null ? "none" : Directory.Exists(parts.Audit.Folder) ? Ok : Unavailable,
                    ["database"] = await DatabaseAsync().ConfigureAwait(false),
                    ["files"] = await FilesAsync(parts.Store, cancellationToken).ConfigureAwait(false),
                    // Without its Redis a replica counts by itself, and goes on.
                    ["rate_limits"] = limiter.Shared is not { } shared ? "none" : shared.Mode == LimiterMode.Local ? "local" : Ok,
                });
            }

            return last.Found;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether all can be used.</summary>
    public static bool IsReady(IReadOnlyDictionary<string, string> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return !found.Values.Contains(Unavailable);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private const string Ok = "ok";
    private const string Unavailable = "unavailable";

    private async Task<string> DatabaseAsync()
    {
        try
        {
            await versions.CurrentAsync().ConfigureAwait(false);
            return Ok;
        }
        catch (StoreException)
        {
            return Unavailable;
        }
    }

    // A digest that no file has: the answer "not there" shows that the place answers.
    private static async Task<string> FilesAsync(OpenedStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.Files.FindAsync(BlobDigest.Parse(new string('0', 64)), cancellationToken).ConfigureAwait(false);
            return Ok;
        }
        catch (BlobStoreException)
        {
            return Unavailable;
        }
    }
}

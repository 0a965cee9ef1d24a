using Microsoft.Extensions.Hosting;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Logins;

/// <summary>Removes logins from the store that can be continued no longer, once no access token of theirs can hold either.</summary>
internal sealed class ExpiredLogins(RefreshTokenStore logins, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2); // the longest life of an access token is a day

    /// <summary>Removes them.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public Task<int> RemoveAsync(CancellationToken cancellationToken) => logins.RemoveExpiredAsync(time.GetUtcNow() - Kept, cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RemoveAsync(stoppingToken);
            }
            catch (StoreException)
            {
                // An hour later again: they are refused whether they are removed or not.
            }
        }
    }
}

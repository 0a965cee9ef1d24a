using Microsoft.Extensions.Hosting;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Credentials;

/// <summary>
/// Looks several times a second whether anything was revoked, by any replica. As long as the last look is young, what is remembered of credentials can be believed;
/// when the store does not answer in time, it cannot, and each credential is looked up again.
/// </summary>
internal sealed class RevocationWatch(RevocationStore revocations, TimeProvider time) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>For how long a look is good: what was revoked anywhere is refused everywhere after this time.</summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromMilliseconds(900);

    private readonly long _trustedTicks = (long)(Trusted.TotalSeconds * time.TimestampFrequency);
    private long _epoch = -1;
    private long _looked;

    /// <summary>The number of revocations, as far as it is known; null when the last look is too old.</summary>
    public long? Epoch
    {
        get
        {
            long epoch = Volatile.Read(ref _epoch);
            return epoch >= 0 && time.GetTimestamp() - Volatile.Read(ref _looked) < _trustedTicks ? epoch : null;
        }
    }

    /// <summary>Looks now: after a revocation by this replica, and before a credential is remembered.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<long> LookAsync(CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp(); // what is revoked while the store is asked may be missing in its answer
        long epoch = await revocations.EpochAsync(cancellationToken);
        lock (revocations)
        {
            if (began > _looked || _epoch < 0)
            {
                Volatile.Write(ref _epoch, epoch);
                Volatile.Write(ref _looked, began);
            }
        }

        return epoch;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (StoreException)
            {
                // The last look grows old, and nothing that is remembered is believed any longer: requests tell of the store themselves.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

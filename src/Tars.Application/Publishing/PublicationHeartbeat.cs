using Tars.Storage;
using Tars.Storage.Jobs;

namespace Tars.Application.Publishing;

/// <summary>Holds the lease of a run while somebody works on it: extended three times before it runs out, sooner again while the database cannot be reached.</summary>
internal sealed class PublicationHeartbeat : IAsyncDisposable
{
    private readonly JobStore _jobs;
    private readonly TakenJob _job;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private volatile bool _isLost;
    private bool _isStopped;

    /// <summary>Begins.</summary>
    public PublicationHeartbeat(JobStore jobs, TakenJob job, TimeProvider time)
    {
        (_jobs, _job, _time) = (jobs, job, time);
        _beating = Task.Run(BeatAsync);
    }

    /// <summary>Whether somebody else has the run: they took this process for dead.</summary>
    public bool IsLost => _isLost;

    /// <summary>Stops; once more does nothing. The lease runs out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await _stop.CancelAsync().ConfigureAwait(false);
            await _beating.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            bool isAsked = true;
            while (true)
            {
                await Task.Delay(isAsked ? Publication.Lease / 3 : Publication.Lease / 15, _time, _stop.Token).ConfigureAwait(false);
                try
                {
                    if (!await _jobs.ExtendAsync(_job, Publication.Lease, _stop.Token).ConfigureAwait(false))
                    {
                        _isLost = true;
                        return;
                    }

                    isAsked = true;
                }
                catch (StoreException)
                {
                    isAsked = false; // the database may come back; what the run keeps is decided by its row
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}

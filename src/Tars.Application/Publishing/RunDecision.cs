using System.Diagnostics;
using Tars.Application.Stores;
using Tars.Storage;
using Tars.Storage.Runs;

namespace Tars.Application.Publishing;

/// <summary>
/// Decides by the row of a run what became of it. The row is the one place where that is decided: a run that is given up there keeps nothing any more, and one that is stored is
/// not given up any more, whoever asks and whatever is still on its way to the database.
/// </summary>
internal static class RunDecision
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Gives a run up that has kept nothing, and says what it is then.</summary>
    /// <returns>The run: stored or completed when its report is kept, else abandoned; null when it has no row and so has kept nothing.</returns>
    /// <exception cref="StoreException">The database failed: nobody knows.</exception>
    public static async Task<Run?> DecideAsync(OpenedStore store, Guid runId, string reason, CancellationToken cancellationToken)
    {
        Run? run = await store.Rows.Runs.FindAsync(runId, cancellationToken).ConfigureAwait(false);
        if (run?.State is not (RunState.Intended or RunState.Sealed))
        {
            return run;
        }

        try
        {
            return await store.Rows.Runs.AbandonAsync(runId, reason, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException refused) when (!refused.IsTransient)
        {
            // A transaction that keeps its report was under way, and came first.
            run = await store.Rows.Runs.FindAsync(runId, cancellationToken).ConfigureAwait(false);
            if (run?.State is RunState.Stored or RunState.Completed)
            {
                return run;
            }

            throw;
        }
    }

    /// <summary>Does what may be done twice, again and again while the database cannot be reached, for as long as that is worth waiting for.</summary>
    /// <param name="work">What is done; where a connection was lost it may have been done and is done again.</param>
    /// <param name="patience">For how long. The database's own time, whatever the clock of the program says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The database failed, and not for a while only; or it was a while too long.</exception>
    public static async Task<T> PatientlyAsync<T>(Func<Task<T>> work, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (StoreException failure) when (failure.IsTransient && Stopwatch.GetElapsedTime(began) + Pause < patience)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}

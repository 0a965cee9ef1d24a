namespace Tars.Storage.Blobs.Retention;

/// <summary>What would become, or became, of a planned removal.</summary>
public enum RemovalOutcome
{
    /// <summary>A dry run: it is there as planned, and would be removed.</summary>
    WouldRemove,

    /// <summary>It was removed.</summary>
    Removed,

    /// <summary>It was gone already.</summary>
    Gone,

    /// <summary>It stays: its size or time is not that of the plan, so it is not the blob that was judged.</summary>
    Changed,

    /// <summary>It stays: a legal hold was placed since the plan was made.</summary>
    Held,
}

/// <summary>A blob of a plan and what came of it.</summary>
/// <param name="Digest">Which.</param>
/// <param name="Size">Length in bytes as planned.</param>
/// <param name="Reasons">Why it was planned: one for each kind it is of.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record RetentionStep(BlobDigest Digest, long Size, IReadOnlyList<RemovalReason> Reasons, RemovalOutcome Outcome);

/// <summary>
/// A plan that was compared with a store and has changed nothing. Only what was seen in a dry run can be applied, hence <see cref="ApplyAsync"/> stands here.
/// </summary>
public sealed class RetentionRun
{
    private readonly IBlobStore _store;
    private readonly RetentionPlan _plan;

    private RetentionRun(IBlobStore store, RetentionPlan plan, IReadOnlyList<RetentionStep> steps)
    {
        _store = store;
        _plan = plan;
        Steps = steps;
    }

    /// <summary>What applying the plan would do, in the plan's order.</summary>
    public IReadOnlyList<RetentionStep> Steps { get; }

    /// <summary>Bytes that applying it would free.</summary>
    public long WouldFreeBytes => Steps.Where(step => step.Outcome == RemovalOutcome.WouldRemove).Sum(step => step.Size);

    /// <summary>Compares a plan with a store; removes nothing.</summary>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public static async Task<RetentionRun> DryAsync(IBlobStore store, RetentionPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(plan);
        List<RetentionStep> steps = [];
        foreach (IGrouping<BlobDigest, PlannedRemoval> removal in plan.Removals.GroupBy(removal => removal.Blob.Digest))
        {
            steps.Add(Step(removal, await LookAsync(store, removal.First().Blob, cancellationToken).ConfigureAwait(false)));
        }

        return new RetentionRun(store, plan, steps);
    }

    /// <summary>
    /// Removes what the dry run said, one after another. Each blob is looked at again just before: what changed, or came under a hold, stays. When it is ended or
    /// fails in the middle, what was removed is removed; a new plan finds the rest.
    /// </summary>
    /// <param name="legalHolds">The holds as they are now, asked just before each removal.</param>
    /// <param name="removed">Told about each step when it is done, so that it can be put on record; null tells nobody.</param>
    /// <param name="cancellationToken">Ends it between two removals.</param>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public async Task<IReadOnlyList<RetentionStep>> ApplyAsync(
        Func<BlobDigest, CancellationToken, ValueTask<bool>> legalHolds, IProgress<RetentionStep>? removed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(legalHolds);
        List<RetentionStep> done = [];
        foreach (IGrouping<BlobDigest, PlannedRemoval> removal in _plan.Removals.GroupBy(removal => removal.Blob.Digest))
        {
            RemovalOutcome outcome = await legalHolds(removal.Key, cancellationToken).ConfigureAwait(false)
                ? RemovalOutcome.Held
                : await LookAsync(_store, removal.First().Blob, cancellationToken).ConfigureAwait(false);
            if (outcome == RemovalOutcome.WouldRemove)
            {
                outcome = await _store.DeleteAsync(removal.Key, cancellationToken).ConfigureAwait(false) ? RemovalOutcome.Removed : RemovalOutcome.Gone;
            }

            done.Add(Step(removal, outcome));
            removed?.Report(done[^1]);
        }

        return done;
    }

    private static RetentionStep Step(IGrouping<BlobDigest, PlannedRemoval> removal, RemovalOutcome outcome) =>
        new(removal.Key, removal.First().Blob.Size, [.. removal.Select(one => one.Reason)], outcome);

    private static async Task<RemovalOutcome> LookAsync(IBlobStore store, RetainedBlob planned, CancellationToken cancellationToken) =>
        await store.FindAsync(planned.Digest, cancellationToken).ConfigureAwait(false) switch
        {
            null => RemovalOutcome.Gone,
            { } found when found.Size != planned.Size || found.Created > planned.Created.AddSeconds(1) => RemovalOutcome.Changed, // a listing of S3 knows whole seconds
            _ => RemovalOutcome.WouldRemove,
        };
}

using Tars.Storage;

namespace Tars.Server.Hosting;

/// <summary>
/// Which state of the store answers are made of. The store is asked whether it has changed at most once in <see cref="LongestAge"/>, however many requests come: an answer is never older than
/// that, and between two questions no request costs a statement.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
public sealed class StoreVersions(Store store, TimeProvider time)
{
    /// <summary>How old an answer may be: half a second.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromMilliseconds(500);

    private readonly Lock _asking = new();
    private Known? _known;
    private Task<Known>? _question;

    /// <summary>The version as it was at most <see cref="LongestAge"/> ago.</summary>
    /// <exception cref="StoreException">The database failed. What was known is not taken for what is.</exception>
    public ValueTask<StoreVersion> CurrentAsync()
    {
        Known? known = Volatile.Read(ref _known);
        return known is not null && time.GetElapsedTime(known.Asked) < LongestAge ? new ValueTask<StoreVersion>(known.Version) : new ValueTask<StoreVersion>(AskAsync());
    }

    /// <summary>Forgets what was known: the next request asks.</summary>
    public void Forget() => Volatile.Write(ref _known, null);

    private async Task<StoreVersion> AskAsync()
    {
        Task<Known> question;
        lock (_asking)
        {
            // One question for all who wait; it began after each of them came, or a moment before.
            question = _question is { IsCompleted: false } under ? under : _question = Task.Run(QuestionAsync);
        }

        return (await question.ConfigureAwait(false)).Version;
    }

    private async Task<Known> QuestionAsync()
    {
        long asked = time.GetTimestamp();
        Known known = new(await store.VersionAsync(CancellationToken.None).ConfigureAwait(false), asked);
        if (Volatile.Read(ref _known) is { } before && before.Version == known.Version)
        {
            known = known with { Version = before.Version }; // the same object: comparing is then cheap
        }

        Volatile.Write(ref _known, known);
        return known;
    }

    private sealed record Known(StoreVersion Version, long Asked);
}

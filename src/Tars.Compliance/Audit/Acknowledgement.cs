namespace Tars.Compliance.Audit;

/// <summary>
/// Tells the callers of a batch, on the thread pool. One piece of work does for the whole batch what one for each caller would do, at a fraction of the
/// cost: whoever runs it asks for another like it first, and takes the next caller until none is left. A caller who goes on and blocks holds up
/// nobody, since the others are taken by the one that was asked for.
/// </summary>
internal sealed class Acknowledgement : IThreadPoolWorkItem
{
    private readonly List<PendingAppend> _events;
    private readonly AuditLogException? _failure;
    private int _next = -1;

    private Acknowledgement(List<PendingAppend> events, AuditLogException? failure) => (_events, _failure) = (events, failure);

    /// <summary>Tells them.</summary>
    /// <param name="events">Their events, which are durable or have failed; the list is given away.</param>
    /// <param name="failure">Why they failed; null when they are durable.</param>
    public static void Send(List<PendingAppend> events, AuditLogException? failure)
    {
        if (events.Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Acknowledgement(events, failure), preferLocal: false);
        }
    }

    /// <inheritdoc/>
    public void Execute()
    {
        int at = Interlocked.Increment(ref _next);
        if (at < _events.Count - 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        for (; at < _events.Count; at = Interlocked.Increment(ref _next))
        {
            PendingAppend pending = _events[at];
            _events[at] = null!; // it is used again by another event
            if (_failure is null)
            {
                pending.Complete();
            }
            else
            {
                pending.Fail(_failure.Again());
            }
        }
    }
}

using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>Who waits for a checkpoint. Safe from several threads; once closed, everybody is refused with the reason.</summary>
internal sealed class CheckpointRequests
{
    private readonly Lock _gate = new();
    private List<TaskCompletionSource<SignedNote>> _waiting = [];
    private AuditLogException? _failure;

    /// <summary>Adds a request.</summary>
    /// <param name="request">The checkpoint, once it is signed; it has failed already when nothing is signed any longer.</param>
    /// <returns>Whether somebody has to be called to answer it.</returns>
    public bool Add(out Task<SignedNote> request)
    {
        TaskCompletionSource<SignedNote> added = new(TaskCreationOptions.RunContinuationsAsynchronously);
        request = added.Task;
        lock (_gate)
        {
            if (_failure is not null)
            {
                added.SetException(_failure.Again());
                return false;
            }

            _waiting.Add(added);
            return true;
        }
    }

    /// <summary>Takes all that wait.</summary>
    public List<TaskCompletionSource<SignedNote>> Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return [];
            }

            (List<TaskCompletionSource<SignedNote>> taken, _waiting) = (_waiting, []);
            return taken;
        }
    }

    /// <summary>Answers what was taken; without a checkpoint they wait on, for the next one or for the reason why there is none.</summary>
    public void Answer(List<TaskCompletionSource<SignedNote>> taken, SignedNote? signed)
    {
        if (signed is not null)
        {
            taken.ForEach(request => request.SetResult(signed));
            return;
        }

        lock (_gate)
        {
            _waiting.AddRange(taken);
        }
    }

    /// <summary>Refuses all that come from now on; those that wait are answered by <see cref="Refuse"/>.</summary>
    public void Close(AuditLogException failure)
    {
        lock (_gate)
        {
            _failure = failure;
        }
    }

    /// <summary>Refuses those that wait.</summary>
    public void Refuse() => Take().ForEach(request => request.SetException(_failure!.Again()));
}

using System.Runtime.CompilerServices;
using Tars.Client.Requests;

namespace Tars.Client;

/// <content>Work that goes on after its request was answered.</content>
public sealed partial class TarsClient
{
    /// <summary>Orders a retrospective; it is made as a job. For administrators.</summary>
    /// <param name="order">What.</param>
    /// <param name="idempotencyKey">Under which the server knows the order again, however often it is sent; null for one of its own for this call.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TarsProblemException">The key was used for another order: <c>CONFLICT</c>.</exception>
    public Task<Job> OrderRetrospectiveAsync(RetrospectiveOrder order, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        Ask ask = Ask.Post("api/retrospective", order, ClientJson.Default.RetrospectiveOrder) with { IdempotencyKey = idempotencyKey ?? Guid.NewGuid().ToString() };
        return JsonAsync(ask, ClientJson.Default.Job, cancellationToken);
    }

    /// <summary>How far a job is. For administrators.</summary>
    public Task<Job> GetJobAsync(string jobId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(jobId);
        return JsonAsync(Ask.Get($"api/jobs/{Uri.EscapeDataString(jobId)}"), ClientJson.Default.Job, cancellationToken);
    }

    /// <summary>How far a job is, each time that changes, until it has ended; restarts of the server do not matter to it.</summary>
    public async IAsyncEnumerable<Job> FollowJobAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        (string?, string?, int)? last = null;
        while (true)
        {
            Job job = await GetJobAsync(jobId, cancellationToken).ConfigureAwait(false);
            if (last != (job.Status, job.Stage, job.Attempts) || job.FinishedAt is not null)
            {
                last = (job.Status, job.Stage, job.Attempts);
                yield return job;
            }

            if (job.FinishedAt is not null)
            {
                yield break;
            }

            await Task.Delay(_options.JobInterval, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}

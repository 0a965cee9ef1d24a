using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Tars.Application.Schedules;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Retrospectives;
using Tars.Storage;
using Tars.Storage.Jobs;
using Tars.Storage.Runs;
using Tars.Storage.Schedules;

namespace Tars.Server.Jobs;

/// <summary>
/// Retrospectives that were ordered: each is a job in the store, done by one replica at a time. A replica that dies loses its lease, and another one begins it again, unless the run had kept its
/// report. A run's id follows from the job's id and the attempt, so a report is made at most once.
/// </summary>
internal sealed class RetrospectiveJobs(ServerParts parts) : BackgroundService
{
    /// <summary>The kind of the jobs.</summary>
    public const string Kind = "retrospective";

    private const int MostAttempts = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly string _owner = new SchedulingOptions().Replica;

    /// <summary>Orders one.</summary>
    /// <param name="order">What.</param>
    /// <param name="subject">Who.</param>
    /// <param name="key">The idempotency key: the same key of the same person is the same job; null for a new one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The job, and whether it is new.</returns>
    /// <exception cref="ProblemException">The key was used for another order; or this server makes no retrospectives.</exception>
    public async Task<(Guid Id, bool IsNew)> OrderAsync(RetrospectiveOrder order, string subject, string? key, CancellationToken cancellationToken)
    {
        if (parts.MakeRetrospective is null)
        {
            throw new ProblemException(ErrorCode.Unavailable, "This server makes no retrospectives.");
        }

        Guid id = key is null ? Guid.CreateVersion7(parts.Time.GetUtcNow()) : IdOf($"job\n{subject}\n{key}");
        string payload = order.ToPayload();
        bool isNew = await parts.Store.Rows.Jobs.AddAsync(new NewJob(id, Kind, payload, parts.Time.GetUtcNow(), MostAttempts), cancellationToken).ConfigureAwait(false);
        if (!isNew && (await parts.Store.Rows.Jobs.DescribeAsync(id, cancellationToken).ConfigureAwait(false))?.Payload != payload)
        {
            throw new ProblemException(ErrorCode.Conflict, "The Idempotency-Key was used for another order before; take another key.");
        }

        _wake.Writer.TryWrite(true);
        return (id, isNew);
    }

    /// <summary>The id of the run of an attempt.</summary>
    public static Guid RunOf(Guid job, int attempt) => IdOf(string.Create(CultureInfo.InvariantCulture, $"run\n{job}\n{attempt}"));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (parts.MakeRetrospective is null)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await parts.Store.Rows.Jobs.TakeLapsedAsync(Kind, _owner, Lease, stoppingToken).ConfigureAwait(false) is { } job)
                {
                    await DoAsync(job, stoppingToken).ConfigureAwait(false);
                }
            }
            catch (StoreException exception)
            {
                parts.Log?.Tell(exception, "-"); // the store may come back; the job is in it
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await WaitAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task DoAsync(TakenJob job, CancellationToken stoppingToken)
    {
        if (job.Attempt > 1 && await parts.Store.Rows.Runs.FindAsync(RunOf(job.Id, job.Attempt - 1), stoppingToken).ConfigureAwait(false) is { State: RunState.Stored or RunState.Completed })
        {
            await parts.Store.Rows.Jobs.CompleteAsync(job, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using CancellationTokenSource ended = new();
        Task heart = BeatAsync(job, lost.CancelAsync, ended.Token);
        TaskResult result;
        try
        {
            RetrospectiveOrder order = JsonSerializer.Deserialize(job.Payload, OrderJson.Default.RetrospectiveOrder)!;
            result = await parts.MakeRetrospective!(order, RunOf(job.Id, job.Attempt), lost.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            result = new TaskResult(ScheduledOutcome.Failed, "the server ended before it was done");
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await heart.ConfigureAwait(false);
        }

        if (result.Outcome == ScheduledOutcome.Failed)
        {
            await parts.Store.Rows.Jobs.FailAsync(job, result.Reason ?? "it failed", stoppingToken.IsCancellationRequested ? TimeSpan.Zero : Pause, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            await parts.Store.Rows.Jobs.CompleteAsync(job, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task BeatAsync(TakenJob job, Func<Task> lose, CancellationToken ended)
    {
        try
        {
            using PeriodicTimer timer = new(Lease / 3, parts.Time);
            while (await timer.WaitForNextTickAsync(ended).ConfigureAwait(false))
            {
                try
                {
                    if (!await parts.Store.Rows.Jobs.ExtendAsync(job, Lease, ended).ConfigureAwait(false))
                    {
                        await lose().ConfigureAwait(false);
                        return;
                    }
                }
                catch (StoreException)
                {
                    // Whether the lease still holds is asked again a moment later, and at the end.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job has ended.
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using CancellationTokenSource wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        wait.CancelAfter(Pause);
        try
        {
            await _wake.Reader.ReadAsync(wait.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time to look again, or to end.
        }
    }

    // A UUID of version 8 (RFC 9562): its bits are a digest's.
    private static Guid IdOf(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        digest[6] = (byte)((digest[6] & 0x0f) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3f) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }
}

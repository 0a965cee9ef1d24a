using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Tars.Application.Publishing.Contents;
using Tars.Server.Access;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Retrospectives;
using Tars.Server.Routes;
using Tars.Storage.Jobs;
using Tars.Storage.Reports;
using Tars.Storage.Runs;

namespace Tars.Server.Jobs;

/// <summary>Orders of retrospectives, and how far they are.</summary>
internal sealed class JobRoutes(ServerParts parts, RetrospectiveJobs jobs, ReportFiles files)
{
    private const int MostBytes = 16 << 10;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(10);

    private static readonly ApiParameter Key = new("Idempotency-Key", new ParameterForm.Text(200), "The same key with the same order is the same job, however often it is sent; with another order it is refused") { Place = ParameterPlace.Header, Example = "weekly-2026-03" };
    private static readonly ApiParameter Id = new("id", new ParameterForm.Text(36), "The job's id") { Place = ParameterPlace.Path, Example = "019bb0a2-55f0-7d3e-9a57-3f0e2f6f1c11" };

    public static readonly ApiParameters OfOrder = new(Key);
    public static readonly ApiParameters OfJob = new(Id);

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.OrderRetrospective, (RequestDelegate)OrderAsync)
            .WithMetadata(OfOrder, new ProblemStatuses([StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType]))
            .Accepts<RetrospectiveOrder>(isOptional: true, Representations.Json)
            .Produces<JobDocument>(StatusCodes.Status202Accepted, Representations.Json);
        endpoints.Map(ApiRoutes.GetJob, (RequestDelegate)JobAsync).Answers<JobDocument>(OfJob, StatusCodes.Status404NotFound);
        endpoints.Map(ApiRoutes.GetJobEvents, (RequestDelegate)EventsAsync)
            .WithMetadata(OfJob, new ProblemStatuses([StatusCodes.Status404NotFound])).Produces(StatusCodes.Status200OK, null, EventStream);
    }

    private const string EventStream = "text/event-stream";

    private async Task OrderAsync(HttpContext context)
    {
        RequestValues values = RequestValues.Read(context, OfOrder);
        _ = Representations.Of(context, Representations.JsonAlone);
        RetrospectiveOrder order = RetrospectiveOrder.Parse(await BodyAsync(context).ConfigureAwait(false));
        string subject = Caller.Of(context) is Caller.Known known ? known.SubjectId : "(nobody)";
        (Guid id, _) = await jobs.OrderAsync(order, subject, values.Text(Key), context.RequestAborted).ConfigureAwait(false);
        JobDocument document = (await DocumentAsync(id, context.RequestAborted).ConfigureAwait(false))!;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = document.Self;
        await Answers.WriteUnkeptAsync(context, document, ApiJson.Default.JobDocument).ConfigureAwait(false);
    }

    private async Task JobAsync(HttpContext context)
    {
        Guid id = IdOf(context);
        _ = Representations.Of(context, Representations.JsonAlone);
        await Answers.WriteUnkeptAsync(context, await DocumentAsync(id, context.RequestAborted).ConfigureAwait(false) ?? throw Unknown(), ApiJson.Default.JobDocument).ConfigureAwait(false);
    }

    // An event for each change, the first at once; a comment keeps the connection alive. It ends with the job, and after ten minutes: then the client comes again.
    private async Task EventsAsync(HttpContext context)
    {
        Guid id = IdOf(context);
        JobDocument document = await DocumentAsync(id, context.RequestAborted).ConfigureAwait(false) ?? throw Unknown();
        context.Response.ContentType = EventStream;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        long began = parts.Time.GetTimestamp();
        string? last = null;
        int number = 0;
        for (int polls = 0; ; polls++)
        {
            string data = JsonSerializer.Serialize(document with { RequestId = context.TraceIdentifier }, ApiJson.Default.JobDocument);
            string? text = data != last ? FormattableString.Invariant($"id: {++number}\nevent: job\ndata: {data}\n\n") : polls % 30 == 0 ? ": \n\n" : null;
            if (text is not null)
            {
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }

            last = data;
            if (document.FinishedAt is not null || parts.Time.GetElapsedTime(began) > LongestStream)
            {
                return;
            }

            await Task.Delay(Poll, parts.Time, context.RequestAborted).ConfigureAwait(false);
            document = await DocumentAsync(id, context.RequestAborted).ConfigureAwait(false) ?? document;
        }
    }

    private async Task<JobDocument?> DocumentAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await parts.Store.Rows.Jobs.DescribeAsync(id, cancellationToken).ConfigureAwait(false) is not { Job: { Kind: RetrospectiveJobs.Kind } job } kept)
        {
            return null; // other kinds are the program's own
        }

        Run? run = null;
        for (int attempt = job.Attempts; attempt > 0 && run is null; attempt--)
        {
            run = await parts.Store.Rows.Runs.FindAsync(RetrospectiveJobs.RunOf(id, attempt), cancellationToken).ConfigureAwait(false);
        }

        StoredReport? report = run is { State: RunState.Completed or RunState.Stored }
            ? (await parts.Store.Rows.Reports.OfRunAsync(run.Intent.RunId, cancellationToken).ConfigureAwait(false)).FirstOrDefault(one => one.Kind == RetrospectiveContent.Kind)
            : null;
        IReadOnlyList<string> wanted = JsonSerializer.Deserialize(kept.Payload, OrderJson.Default.RetrospectiveOrder)!.Wanted;
        return new JobDocument
        {
            GeneratedAt = report?.Created,
            JobId = id.ToString(),
            Kind = job.Kind,
            Status = job.State switch
            {
                JobState.Waiting => "waiting",
                JobState.Leased => "running",
                JobState.Done => "done",
                _ => "failed",
            },
            Stage = run?.State.ToString().ToLowerInvariant(),
            Attempts = job.Attempts,
            CreatedAt = kept.Created,
            FinishedAt = job.Finished,
            Error = job.Error,
            RunId = run?.Intent.RunId.ToString(),
            ReportId = report?.Id,
            Files = report is null ? [] :
            [
                .. (await files.OfAsync(report, cancellationToken).ConfigureAwait(false)).Where(file => wanted.Contains(file.Format) || file.Format == Application.Stores.StoredFile.EnvelopeFormat)
                    .Select(file => FormattableString.Invariant($"/api/retrospective/download/{Uri.EscapeDataString(file.Filename)}?report={report.Id}")),
            ],
            Self = $"/api/jobs/{id}",
            Events = $"/api/jobs/{id}/events",
        };
    }

    private static Guid IdOf(HttpContext context)
    {
        RequestValues values = RequestValues.Read(context, OfJob);
        return Guid.TryParseExact(values.Text(Id), "D", out Guid id) ? id : throw Unknown();
    }

    private static ProblemException Unknown() => new(ErrorCode.NotFound, "There is no such job.");

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or > 0 && context.Request.ContentType is { } type && !type.Split(';')[0].Trim().Equals(Representations.Json, StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(ErrorCode.UnsupportedMediaType, $"The body is read as {Representations.Json} only.");
        }

        using MemoryStream body = new();
        byte[] buffer = new byte[4096];
        for (int read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false); read > 0; read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false))
        {
            await body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
            if (body.Length > MostBytes)
            {
                throw new ProblemException(ErrorCode.TooLarge, FormattableString.Invariant($"The body has at most {MostBytes} bytes."));
            }
        }

        return body.Length > 0 && context.Request.ContentType is null
            ? throw new ProblemException(ErrorCode.UnsupportedMediaType, $"The body has no Content-Type; it is read as {Representations.Json} only.")
            : body.ToArray();
    }
}

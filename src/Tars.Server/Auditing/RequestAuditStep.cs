using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tars.Application.Auditing;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Auditing;

/// <summary>The step that writes requests into the audit log before they are answered. What cannot be written is not answered: a problem with status 503 is.</summary>
internal static class RequestAuditStep
{
    // What an answer said of itself before it came to nothing.
    private static readonly string[] Stale = ["ETag", "Last-Modified", "Content-Disposition", "Content-Encoding", "Link", "Location", "Accept-Ranges"];

    /// <summary>Adds the step, behind those that may refuse.</summary>
    public static void UseRequestAudit(this IApplicationBuilder server)
    {
        if (server.ApplicationServices.GetService<RequestAuditor>() is not { } auditor)
        {
            return;
        }

        bool auditsReads = server.ApplicationServices.GetRequiredService<RequestAuditSettings>().Reads;
        server.Use(next => context =>
        {
            ApiRoute? route = context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>();
            return route is not null && (route.Audit == RequestAudit.Always || (route.Audit == RequestAudit.Read && auditsReads))
                ? AnswerAsync(context, route, auditor, next)
                : next(context);
        });
    }

    private static async Task AnswerAsync(HttpContext context, ApiRoute route, RequestAuditor auditor, RequestDelegate next)
    {
        if (RequestEvents.IsIntended(route))
        {
            await auditor.IntendAsync(context, route).ConfigureAwait(false);
        }

        IHttpResponseBodyFeature inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        AuditedBody body = new(inner, () => auditor.EndAsync(context, route, context.Response.StatusCode));
        context.Features.Set<IHttpResponseBodyFeature>(body);
        int status = StatusCodes.Status500InternalServerError;
        bool isAnswered = false;
        try
        {
            await next(context).ConfigureAwait(false);
            isAnswered = true;
            await body.WriteEventAsync().ConfigureAwait(false);
        }
        catch (ProblemException problem)
        {
            status = problem.Code.Status;
            throw;
        }
        catch (AuditException)
        {
            isAnswered = true; // there is nothing more to write, and nowhere
            foreach (string header in Stale)
            {
                context.Response.Headers.Remove(header);
            }

            throw;
        }
        finally
        {
            context.Features.Set(inner);
            if (!isAnswered && !RequestEntry.Of(context).IsWritten)
            {
                await auditor.EndAsync(context, route, status).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>What the configuration says about the audit of requests.</summary>
/// <param name="Reads">Whether plain reads are audited.</param>
internal sealed record RequestAuditSettings(bool Reads);

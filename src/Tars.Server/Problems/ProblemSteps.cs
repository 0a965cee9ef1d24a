using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tars.Application.Auditing;
using Tars.Storage;
using Tars.Storage.Blobs;

namespace Tars.Server.Problems;

/// <summary>Makes a problem document of whatever went wrong behind it: of exceptions, and of statuses that bear no body. Nothing of the inside is told.</summary>
internal static class ProblemSteps
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Adds the step.</summary>
    /// <param name="server">The server.</param>
    /// <param name="tell">Is told of what is nobody's fault but the program's: the exception and the request's id.</param>
    public static void UseProblems(this IApplicationBuilder server, Action<Exception, string> tell) => server.Use(next => async context =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (ProblemException problem)
        {
            if (problem is { InnerException: { } cause } && problem.Code == ErrorCode.Unavailable)
            {
                tell(cause, context.TraceIdentifier);
            }

            await ProblemAnswer.WriteAsync(context, problem).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to be answered
        }
        catch (Exception exception) when (Of(exception) is { } known)
        {
            if (known.Code == ErrorCode.Unavailable)
            {
                tell(exception, context.TraceIdentifier);
            }

            await ProblemAnswer.WriteAsync(context, known.Code, known.Detail, retryAfter: known.RetryAfter).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (Told(tell, exception, context.TraceIdentifier))
        {
            // The one place where everything is caught: a request that broke must not break the connection of others, and its answer says nothing of why.
            await ProblemAnswer.WriteAsync(context, ErrorCode.Internal, "The request could not be answered because of a fault of the server. Its log says more under the request_id.").ConfigureAwait(false);
            return;
        }

        if (!context.Response.HasStarted && context.Response.ContentType is null && context.Response.ContentLength is null or 0 && OfStatus(context) is { } bare)
        {
            await ProblemAnswer.WriteAsync(context, bare.Code, bare.Detail).ConfigureAwait(false);
        }
    });

    private static bool Told(Action<Exception, string> tell, Exception exception, string requestId)
    {
        tell(exception, requestId);
        return true;
    }

    private static (ErrorCode Code, string Detail, TimeSpan? RetryAfter)? Of(Exception exception) => exception switch
    {
        StoreException => (ErrorCode.Unavailable, "The store cannot be used now.", Soon),
        BlobStoreException => (ErrorCode.Unavailable, "The place of files cannot be used now.", Soon),
        AuditException => (ErrorCode.Unavailable, "What was asked for has to be audited, and the audit log cannot be written now. Nothing was done.", Soon),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (ErrorCode.TooLarge, "The body is longer than this route reads.", null),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => (ErrorCode.BadRequest, "The body came too slowly.", null),
        BadHttpRequestException => (ErrorCode.BadRequest, "The request, or its body, is not as HTTP or this route reads it.", null),
        _ => null,
    };

    [SuppressMessage("Style", "IDE0072", Justification = "other statuses are answers")]
    private static (ErrorCode Code, string Detail)? OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status400BadRequest => (ErrorCode.BadRequest, "The request is not as this route reads it."),
        StatusCodes.Status401Unauthorized => (ErrorCode.Unauthorized, "Show a token (Authorization: Bearer …) or an API key (X-API-Key)."),
        StatusCodes.Status403Forbidden => (ErrorCode.Forbidden, "The role of this credential may not do this."),
        StatusCodes.Status404NotFound => (ErrorCode.NotFound, "There is no such path; /openapi.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => (ErrorCode.MethodNotAllowed, $"This path answers {context.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => (ErrorCode.TooLarge, "The body is longer than this route reads."),
        StatusCodes.Status415UnsupportedMediaType => (ErrorCode.UnsupportedMediaType, "This route does not read a body of this media type."),
        _ => null,
    };
}

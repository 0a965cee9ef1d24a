using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Routes;

namespace Tars.Server.Telemetry;

/// <summary>The step that measures requests.</summary>
internal static class RequestMetricsStep
{
    /// <summary>Measures all that comes after it. The endpoint of a request is its route's template, also under its older paths, so that there are as many as routes.</summary>
    public static void UseRequestMetrics(this IApplicationBuilder server)
    {
        if (server.ApplicationServices.GetService<RequestMeasurements>() is not { } measurements)
        {
            return;
        }

        TimeProvider time = server.ApplicationServices.GetRequiredService<TimeProvider>();
        server.Use(next => async context =>
        {
            long start = time.GetTimestamp();
            int? failed = null;
            try
            {
                await next(context).ConfigureAwait(false);
            }
            catch (Exception exception) when (Failed(exception, out failed))
            {
                throw;
            }
            finally
            {
                measurements.Answered(EndpointOf(context), context.Request.Method, failed ?? context.Response.StatusCode, time.GetElapsedTime(start));
            }
        });
    }

    // Routing may be asked again for an error's page; what was asked for first is meant.
    private static string EndpointOf(HttpContext context) =>
        context.Features.Get<IEndpointFeature>()?.Endpoint?.Metadata.GetMetadata<ApiRoute>()?.Template ?? RequestMeasurements.Unmatched;

    // The step before this one makes the answer of a problem: its status is not on the response yet.
    private static bool Failed(Exception exception, out int? status)
    {
        status = exception switch
        {
            Problems.ProblemException problem => problem.Code.Status,
            BadHttpRequestException bad => bad.StatusCode,
            Tars.Storage.StoreException or Tars.Application.Auditing.AuditException => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        return true;
    }
}

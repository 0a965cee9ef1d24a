using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Auditing;

namespace Tars.Server.Problems;

/// <summary>Writes problem documents (RFC 9457): the only form of an error of the API.</summary>
internal static class ProblemAnswer
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Answers with a problem. Does nothing but abort when the answer has begun.</summary>
    public static async Task WriteAsync(HttpContext context, ErrorCode code, string detail, IReadOnlyDictionary<string, string[]>? errors = null, TimeSpan? retryAfter = null)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        if (context.RequestServices.GetService<DenialAudit>() is { } denials && !await denials.MayTellAsync(context, code))
        {
            (code, detail, errors, retryAfter) = (ErrorCode.Unavailable, "The refusal has to be audited, and the audit log cannot be written now.", null, null);
        }

        context.Response.StatusCode = code.Status;
        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        if (retryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("type", $"urn:tars:problem:{code.Code.ToLowerInvariant()}");
            json.WriteString("title", code.Title);
            json.WriteNumber("status", code.Status);
            json.WriteString("detail", detail);
            json.WriteString("instance", context.Request.Path.Value);
            json.WriteString("error_code", code.Code);
            json.WriteString("request_id", context.TraceIdentifier);
            if (errors is not null)
            {
                json.WriteStartObject("errors");
                foreach ((string name, string[] reasons) in errors)
                {
                    json.WriteStartArray(name);
                    foreach (string reason in reasons)
                    {
                        json.WriteStringValue(reason);
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
        }
    }

    /// <summary>Answers with the problem of an exception.</summary>
    public static Task WriteAsync(HttpContext context, ProblemException problem) => WriteAsync(context, problem.Code, problem.Message, problem.Errors, problem.RetryAfter);
}

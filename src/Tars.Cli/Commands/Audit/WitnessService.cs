using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Tars.Compliance.Audit;
using Tars.Compliance.Witnessing;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary>A witness over HTTP: <c>POST /add-checkpoint</c> as C2SP tlog-witness says, and <c>POST /add-epoch</c>, which it does not know.</summary>
internal static class WitnessService
{
    /// <summary>The media type of the size in a 409.</summary>
    public const string SizeType = "text/x.tlog.size";

    /// <summary>The media type of the newest known epoch, in a 409 of <c>add-epoch</c>.</summary>
    public const string EpochType = "text/x.tars.epoch";

    private const string TextType = "text/plain; charset=utf-8";

    /// <summary>The service, not started.</summary>
    public static WebApplication Create(CheckpointWitness witness, IPEndPoint endpoint)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = SignedNote.MaximumBytes;
            options.Listen(endpoint);
        });
        WebApplication service = builder.Build();
        service.Run(context => AnswerAsync(witness, context));
        return service;
    }

    private static async Task AnswerAsync(CheckpointWitness witness, HttpContext context)
    {
        bool isEpoch = context.Request.Path == "/add-epoch";
        if (!isEpoch && context.Request.Path != "/add-checkpoint")
        {
            await WriteAsync(context, StatusCodes.Status404NotFound, "POST /add-checkpoint is what a witness answers\n").ConfigureAwait(false);
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "POST is expected\n").ConfigureAwait(false);
            return;
        }

        WitnessAnswer answer;
        try
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            answer = isEpoch ? witness.AddEpoch(body.ToArray()) : witness.AddCheckpoint(body.ToArray());
        }
        catch (BadHttpRequestException exception)
        {
            await WriteAsync(context, exception.StatusCode, exception.Message + "\n").ConfigureAwait(false);
            return;
        }
        catch (IOException exception)
        {
            // What cannot be remembered is not cosigned.
            await WriteAsync(context, StatusCodes.Status500InternalServerError, exception is AuditLogException ? "what the witness knows of the log cannot be read\n" : "the witness cannot remember it\n").ConfigureAwait(false);
            return;
        }

        (int status, string text, string type) = answer switch
        {
            WitnessAnswer.Cosigned cosigned => (StatusCodes.Status200OK, cosigned.Line, TextType),
            WitnessAnswer.EpochKnown => (StatusCodes.Status200OK, string.Empty, TextType),
            WitnessAnswer.Malformed malformed => (StatusCodes.Status400BadRequest, malformed.Reason + "\n", TextType),
            WitnessAnswer.NotSigned unsigned => (StatusCodes.Status403Forbidden, unsigned.Reason + "\n", TextType),
            WitnessAnswer.UnknownLog unknown => (StatusCodes.Status404NotFound, $"{unknown.Origin} is no log that this witness watches\n", TextType),
            WitnessAnswer.Conflict conflict => (StatusCodes.Status409Conflict, conflict.Size.ToString(CultureInfo.InvariantCulture) + "\n", SizeType),
            WitnessAnswer.EpochConflict conflict => (StatusCodes.Status409Conflict, conflict.Epoch.ToString(CultureInfo.InvariantCulture) + "\n", EpochType),
            WitnessAnswer.Inconsistent inconsistent => (StatusCodes.Status422UnprocessableEntity, inconsistent.Reason + "\n", TextType),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        await WriteAsync(context, status, text, type).ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext context, int status, string text, string type = TextType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }
}

using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Tars.TestKit.SecretServers;

/// <summary>Writes an answer to the wire as its fault wants it.</summary>
internal static class FaultyResponse
{
    private static readonly byte[] Page = "<!DOCTYPE html><html><body>Sign in to the network</body></html>"u8.ToArray();

    internal static async Task SendAsync(
        HttpContext context, Fault? fault, Func<Answer> usual, Func<TimeSpan?, Answer> throttle, Func<int, Answer> fail, TimeProvider time)
    {
        switch (fault)
        {
            case null:
                await WriteAsync(context, usual());
                break;
            case Fault.Throttle throttled:
                await WriteAsync(context, throttle(throttled.RetryAfter));
                break;
            case Fault.ServerError error:
                await WriteAsync(context, fail(error.Status));
                break;
            case Fault.Delay delay:
                await Task.Delay(delay.For, time, context.RequestAborted);
                await WriteAsync(context, usual());
                break;
            case Fault.Drop or Fault.CutUpload:
                context.Abort();
                break;
            case Fault.Lost:
                usual();
                context.Abort();
                break;
            case Fault.Malformed:
                Answer whole = usual();
                await WriteAsync(context, whole with { Body = whole.Body[..(whole.Body.Length / 2)] });
                break;
            case Fault.Truncate:
                await TruncateAsync(context, usual());
                break;
            case Fault.Huge huge:
                await FloodAsync(context, usual(), huge.Bytes);
                break;
            case Fault.WrongContent:
                await WriteAsync(context, new Answer(StatusCodes.Status200OK, Page, "text/html; charset=utf-8"));
                break;
            case Fault.EmptyBody:
                await WriteAsync(context, Answer.Empty(StatusCodes.Status200OK));
                break;
            case Fault.Redirect redirect:
                await WriteAsync(context, Answer.Empty(redirect.Status).With("Location", redirect.Location.AbsoluteUri));
                break;
            case Fault.Instead instead:
                await WriteAsync(context, instead.Answer);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteHead(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.ContentType is not null)
        {
            context.Response.ContentType = answer.ContentType;
        }

        foreach ((string name, string value) in answer.Headers)
        {
            context.Response.Headers.Append(name, value);
        }
    }

    private static async Task WriteAsync(HttpContext context, Answer answer)
    {
        WriteHead(context, answer);
        if (answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            return;
        }

        context.Response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    private static async Task TruncateAsync(HttpContext context, Answer answer)
    {
        WriteHead(context, answer);
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body[..(answer.Body.Length / 2)], context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private static async Task FloodAsync(HttpContext context, Answer answer, long bytes)
    {
        WriteHead(context, answer);
        byte[] spaces = new byte[64 * 1024];
        Array.Fill(spaces, (byte)' ');
        try
        {
            for (long left = bytes; left > 0; left -= spaces.Length)
            {
                await context.Response.Body.WriteAsync(spaces.AsMemory(0, (int)Math.Min(left, spaces.Length)), context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client had enough, which is what the fault is for.
        }
    }
}

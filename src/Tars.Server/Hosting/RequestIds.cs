using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Primitives;

namespace Tars.Server.Hosting;

/// <summary>Gives each request an id: the caller's own, if it is harmless, else a new one. It is in the answer's header, in every document, in the request log and in audit events.</summary>
internal static class RequestIds
{
    /// <summary>The header that bears it, in both directions.</summary>
    public const string Header = "X-Request-Id";

    private const int Longest = 64;
    private static readonly SearchValues<char> Harmless = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly string Process = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private static long _last;

    /// <summary>Adds the step.</summary>
    public static void UseRequestIds(this IApplicationBuilder server) => server.Use(next => context =>
    {
        string id = context.Request.Headers.TryGetValue(Header, out StringValues given) && given is [{ Length: > 0 and <= Longest } own] && !own.AsSpan().ContainsAnyExcept(Harmless)
            ? own
            : Next();
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        return next(context);
    });

    // Unique over processes by the random part, within one by the count: no random number for each request.
    private static string Next() => string.Create(CultureInfo.InvariantCulture, $"{Process}-{Interlocked.Increment(ref _last):x8}");
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tars.Server.Problems;

namespace Tars.Server.Access;

/// <summary>Reads small bodies of JSON, and says by name what is wrong with them.</summary>
internal static class RequestBody
{
    private const int Largest = 16 * 1024;

    /// <summary>Reads the body.</summary>
    /// <exception cref="ProblemException">It is no JSON (400), of another media type (415), too large (413), or not of the form (422).</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> form)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ProblemException(ErrorCode.UnsupportedMediaType, "send a body of the media type application/json");
        }

        byte[] body = await WholeAsync(context);
        try
        {
            using (JsonDocument.Parse(body))
            {
                // Whether it is JSON at all is told apart from what is in it.
            }
        }
        catch (JsonException exception)
        {
            throw new ProblemException(ErrorCode.BadRequest, "the body is no JSON", inner: exception);
        }

        try
        {
            return JsonSerializer.Deserialize(body, form) ?? throw new ProblemException(ErrorCode.Validation, "the body is null; an object is expected");
        }
        catch (JsonException exception)
        {
            string path = string.IsNullOrEmpty(exception.Path) || exception.Path == "$" ? "body" : exception.Path.TrimStart('$', '.');
            throw new ProblemException(ErrorCode.Validation, "the body is not of the form that is expected", new Dictionary<string, string[]> { [path] = ["is not known here, stands twice, or is of another kind"] }, exception);
        }
    }

    /// <summary>Whether a request has a body, of known length or not.</summary>
    public static bool IsThere(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength > 0;

    /// <summary>Refuses a value.</summary>
    public static ProblemException Invalid(string name, string reason) => new(ErrorCode.Validation, $"{name}: {reason}", new Dictionary<string, string[]> { [name] = [reason] });

    /// <summary>A text that must be there.</summary>
    public static string Need(string? value, string name, int most) => Check(NeedSecret(value, name, most), name, most)!;

    /// <summary>A password that must be there: of any characters.</summary>
    public static string NeedSecret(string? value, string name, int most) => string.IsNullOrEmpty(value) ? throw Invalid(name, "is missing")
        : value.Length > most ? throw Invalid(name, $"is longer than {most} characters")
        : value;

    /// <summary>A text that need not be there. Control characters are refused: a PostgreSQL cannot keep all of them, and a log must not.</summary>
    public static string? Check(string? value, string name, int most) => value is null ? null
        : value.Length > most ? throw Invalid(name, $"is longer than {most} characters")
        : value.AsSpan().ContainsAnyInRange('\0', '\u001f') ? throw Invalid(name, "holds a control character")
        : value;

    private static async Task<byte[]> WholeAsync(HttpContext context)
    {
        if (context.Request.ContentLength > Largest)
        {
            throw new ProblemException(ErrorCode.TooLarge, $"the body has more than {Largest} bytes");
        }

        byte[] buffer = new byte[Largest + 1];
        int length = 0;
        for (int read = -1; read != 0 && length < buffer.Length; length += read)
        {
            read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
        }

        return length > Largest ? throw new ProblemException(ErrorCode.TooLarge, $"the body has more than {Largest} bytes") : buffer[..length];
    }
}

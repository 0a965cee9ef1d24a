using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tars.Client.Requests;

/// <summary>What is asked for, as often as it takes.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its query, without a slash before it.</param>
internal sealed record Ask(HttpMethod Method, string Path)
{
    /// <summary>Makes the body anew for each attempt; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Whether it may be sent again when its answer was lost: it has no effect, or the server knows it again.</summary>
    public bool MayRepeat { get; init; } = true;

    /// <summary>Under which the server knows it again; null for none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The media type that is wanted.</summary>
    public string Accept { get; init; } = "application/json";

    /// <summary>Whether an answer of the status 503 is a document, and no problem.</summary>
    public bool TakesUnavailable { get; init; }

    /// <summary>Gets something.</summary>
    public static Ask Get(string path) => new(HttpMethod.Get, path);

    /// <summary>Posts a document.</summary>
    public static Ask Post<T>(string path, T document, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, type);
        return new Ask(HttpMethod.Post, path)
        {
            Content = () =>
            {
                ByteArrayContent content = new(json);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                return content;
            },
        };
    }
}

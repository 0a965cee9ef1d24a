using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tars.Server.Transport;

/// <summary>Headers that tell browsers what an answer must not be used for. They stand before anybody answers: a page that needs more says so itself.</summary>
internal static class SecurityHeaders
{
    /// <summary>Nothing is loaded, framed or sent from an answer of the API.</summary>
    public const string ApiPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>For the pages that show the API: their own files and nothing else, styles in the page included, for the viewers write those.</summary>
    public const string PagePolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets those that mean something for an answer that is no page; what is about pages and their windows says the page.</summary>
    public static void Set(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ApiPolicy;
        headers.CacheControl = "no-store";
    }

    /// <summary>Sets what a page needs besides, in place of <see cref="ApiPolicy"/>.</summary>
    public static void SetPage(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XFrameOptions = "DENY"; // for browsers that do not know frame-ancestors
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    /// <summary>The header Strict-Transport-Security; null where browsers are told nothing.</summary>
    public static string? Hsts(TimeSpan maxAge) => maxAge > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"max-age={(long)maxAge.TotalSeconds}") : null;
}

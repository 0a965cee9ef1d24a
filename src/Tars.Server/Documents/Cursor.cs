using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tars.Server.Problems;

namespace Tars.Server.Documents;

/// <summary>
/// Where a page begins, as a text that means nothing to the caller. It holds the place and a digest of the list it belongs to: one of another list, another filter or another order is refused.
/// </summary>
internal static class Cursor
{
    /// <summary>The parameter.</summary>
    public static readonly ApiParameter Parameter = new("cursor", new ParameterForm.Text(400), "Where the page begins: next_cursor of the page before; without it the first page");

    /// <summary>Writes one.</summary>
    /// <param name="list">What tells this list from every other: route, filters, order.</param>
    /// <param name="place">The place.</param>
    public static string Write(string list, string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{DigestOf(list)}.{place}"));

    /// <summary>Reads one; null when none was given.</summary>
    /// <exception cref="ProblemException">It is none, or belongs to another list.</exception>
    public static string? Read(string list, string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        string digest = DigestOf(list);
        return Base64Url.IsValid(cursor) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) is var text && text.StartsWith(digest + ".", StringComparison.Ordinal)
            ? text[(digest.Length + 1)..]
            : throw Refused();
    }

    /// <summary>That it is no cursor of this list.</summary>
    public static ProblemException Refused() => new(
        ErrorCode.Validation, "A parameter is not valid: cursor.", new Dictionary<string, string[]> { ["cursor"] = ["is no cursor of this list with these filters; take next_cursor of the page before, and the same parameters"] });

    private static string DigestOf(string list) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list)).AsSpan(0, 6));
}

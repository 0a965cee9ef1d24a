using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tars.Server.Problems;

namespace Tars.Server.Documents;

/// <summary>In which form something is answered.</summary>
public enum Representation
{
    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One JSON object a line: the items of a list alone.</summary>
    Lines,

    /// <summary>CSV (RFC 4180) with a head: the items of a list alone.</summary>
    Csv,
}

/// <summary>Which form a request wants.</summary>
internal static class Representations
{
    public const string Json = "application/json";
    public const string Lines = "application/x-ndjson";
    public const string Csv = "text/csv";

    /// <summary>The forms of a list.</summary>
    public static readonly IReadOnlyList<Representation> OfLists = [Representation.Json, Representation.Lines, Representation.Csv];

    /// <summary>The form of everything else.</summary>
    public static readonly IReadOnlyList<Representation> JsonAlone = [Representation.Json];

    /// <summary>The form that the header <c>Accept</c> prefers among those there are; JSON without one.</summary>
    /// <exception cref="ProblemException">None of them is wanted.</exception>
    public static Representation Of(HttpContext context, IReadOnlyList<Representation> there)
    {
        string accept = context.Request.Headers.Accept.ToString();
        if (accept.Length == 0 || accept == "*/*" || accept == Json)
        {
            return Representation.Json;
        }

        if (accept.Length > 1000 || !MediaTypeHeaderValue.TryParseList(context.Request.Headers.Accept, out IList<MediaTypeHeaderValue>? wanted))
        {
            throw Refused(there);
        }

        // The most specific range that fits says how much a form is wanted (RFC 9110, section 12.5.1); of equals the first of ours.
        (Representation Form, double Quality)[] rated = [.. there.Select(form => (form, QualityOf(wanted, MediaTypeOf(form))))];
        (Representation best, double quality) = rated.MaxBy(one => one.Quality);
        return quality > 0 ? best : throw Refused(there);
    }

    /// <summary>The media type of a form.</summary>
    public static string MediaTypeOf(Representation form) => form switch
    {
        Representation.Lines => Lines,
        Representation.Csv => Csv,
        _ => Json,
    };

    private static double QualityOf(IList<MediaTypeHeaderValue> wanted, string type)
    {
        int best = -1;
        double quality = 0;
        foreach (MediaTypeHeaderValue range in wanted)
        {
            int rank = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes && type.StartsWith(range.Type.Value + "/", StringComparison.OrdinalIgnoreCase) ? 1
                : range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) ? 2 : -1;
            if (rank > best)
            {
                (best, quality) = (rank, range.Quality ?? 1);
            }
        }

        return quality;
    }

    private static ProblemException Refused(IReadOnlyList<Representation> there) =>
        new(ErrorCode.NotAcceptable, $"This route answers {string.Join(", ", there.Select(MediaTypeOf))}; the header Accept wants none of them.");
}

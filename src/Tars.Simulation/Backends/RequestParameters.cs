using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Tars.Simulation.Backends.Queries;

namespace Tars.Simulation.Backends;

/// <summary>The parameters of a request, from its query string and, with POST, its form.</summary>
internal sealed class RequestParameters
{
    private readonly IQueryCollection _query;
    private readonly IFormCollection? _form;

    private RequestParameters(IQueryCollection query, IFormCollection? form) => (_query, _form) = (query, form);

    /// <summary>Reads the parameters; a form is read to its end.</summary>
    public static async Task<RequestParameters> ReadAsync(HttpRequest request) =>
        new(request.Query, request.HasFormContentType ? await request.ReadFormAsync().ConfigureAwait(false) : null);

    /// <summary>All values of a parameter.</summary>
    public IReadOnlyList<string> All(string name) => [.. Values(name).Select(value => value ?? string.Empty)];

    /// <summary>The value of a parameter; empty when it is not there.</summary>
    public string One(string name) => Values(name) is { Count: > 0 } values ? values[0] ?? string.Empty : string.Empty;

    /// <summary>A time in Unix milliseconds, from Unix seconds or RFC 3339; <paramref name="missing"/> when it is not there.</summary>
    /// <exception cref="ApiException">It is neither.</exception>
    public long Time(string name, long missing)
    {
        string text = One(name);
        return text.Length == 0 ? missing
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < 1e11 ? (long)Math.Round(seconds * 1000)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && text.Contains('T', StringComparison.Ordinal) ? time.ToUnixTimeMilliseconds()
            : throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid timestamp");
    }

    /// <summary>A time that must be there.</summary>
    /// <exception cref="ApiException">It is not.</exception>
    public long Time(string name) => One(name).Length > 0 ? Time(name, 0) : throw ApiException.BadParameter(name, "cannot parse \"\" to a valid timestamp");

    /// <summary>A duration in milliseconds, from seconds or PromQL notation.</summary>
    /// <exception cref="ApiException">It is neither, or not positive.</exception>
    public long Step(string name)
    {
        string text = One(name);
        long step = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < 1e11 ? (long)(seconds * 1000)
            : Tokens.TryDuration(text, out long duration) ? duration
            : throw ApiException.BadParameter(name, $"cannot parse \"{text}\" to a valid duration");
        return step > 0 ? step : throw ApiException.BadParameter(name, "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }

    private StringValues Values(string name) =>
        _form is not null && _form.TryGetValue(name, out StringValues posted) ? StringValues.Concat(posted, _query[name]) : _query[name];
}

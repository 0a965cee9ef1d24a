using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tars.Server.Problems;

namespace Tars.Server.Retrospectives;

/// <summary>A retrospective that is asked for. It is read from the configured backend, and kept in the store.</summary>
public sealed record RetrospectiveOrder
{
    /// <summary>The length of the period in days, up to now; 1 to 90. Default 7; not with from and to.</summary>
    public int? Days { get; init; }

    /// <summary>Begin of the period, included; with to.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the period, excluded; with from.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The formats that are wanted: json, markdown, html. All are kept; without this all are linked.</summary>
    public IReadOnlyList<string>? Formats { get; init; }

    /// <summary>One format, as clients of the predecessor say it.</summary>
    public string? Format { get; init; }

    /// <summary>Whether it is signed; default as the configuration says.</summary>
    public bool? Sign { get; init; }

    /// <summary>Whether it is encrypted; default as the configuration says.</summary>
    public bool? Encrypt { get; init; }

    /// <summary>The formats there are.</summary>
    internal static readonly string[] AllFormats = ["json", "markdown", "html"];

    /// <summary>The formats that are wanted, all where none is named.</summary>
    internal IReadOnlyList<string> Wanted => Format is { } one ? [one] : Formats is { Count: > 0 } several ? several : AllFormats;

    /// <summary>Reads an order.</summary>
    /// <exception cref="ProblemException">It is no JSON object, or a field is not valid.</exception>
    internal static RetrospectiveOrder Parse(ReadOnlySpan<byte> json)
    {
        RetrospectiveOrder order;
        try
        {
            order = (json.IsEmpty ? new RetrospectiveOrder() : JsonSerializer.Deserialize(json, OrderJson.Default.RetrospectiveOrder)) ?? throw new JsonException("null is no order");
        }
        catch (JsonException exception)
        {
            string path = exception.Path is { Length: > 2 } given && given.StartsWith("$.", StringComparison.Ordinal) ? given[2..] : "(body)";
            throw new ProblemException(ErrorCode.Validation, "The body is not the JSON object that this route reads.", new Dictionary<string, string[]> { [path] = ["is not of the form that is documented, or not known"] }, exception);
        }

        SortedDictionary<string, string[]> errors = new(StringComparer.Ordinal);
        if (order.Days is { } days && days is < 1 or > 90)
        {
            errors["days"] = ["is no whole number from 1 to 90"];
        }

        if ((order.From is null) != (order.To is null))
        {
            errors[order.From is null ? "from" : "to"] = ["is missing: from and to go together"];
        }

        if (order.From is { } from && order.To is { } to && (from >= to || to - from > TimeSpan.FromDays(90)))
        {
            errors["to"] = ["is not after from, or more than 90 days after it"];
        }

        if (order.From is not null && order.Days is not null)
        {
            errors["days"] = ["is given beside from and to"];
        }

        if (order.Wanted.Except(AllFormats).Any() || order.Wanted.Count > AllFormats.Length)
        {
            errors[order.Format is null ? "formats" : "format"] = [$"names another format than {string.Join(", ", AllFormats)}"];
        }

        return errors.Count == 0 ? order : throw new ProblemException(ErrorCode.Validation, $"Fields are not valid: {string.Join(", ", errors.Keys)}.", errors);
    }

    /// <summary>The order with everything said that it left open but for the configuration's: the same order twice is the same text.</summary>
    internal string ToPayload() => JsonSerializer.Serialize(
        this with { Days = From is null ? Days ?? 7 : null, From = From?.ToUniversalTime(), To = To?.ToUniversalTime(), Formats = [.. Wanted.Distinct().Order(StringComparer.Ordinal)], Format = null }, OrderJson.Default.RetrospectiveOrder);

    /// <summary>The arguments of <c>tars retro</c> that say the same.</summary>
    public IReadOnlyList<string> ToArguments() =>
    [
        .. From is { } from ? ["--from", Text(from), "--to", Text(To!.Value)] : (string[])["--window", string.Create(CultureInfo.InvariantCulture, $"{Days ?? 7}d")],
        .. Sign == true ? ["--sign"] : Sign == false ? ["--set", "security.signing_enabled=false"] : (string[])[],
        .. Encrypt == true ? ["--encrypt"] : Encrypt == false ? ["--set", "security.encryption_enabled=false"] : (string[])[],
    ];

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>How orders are read: strictly.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8)]
[JsonSerializable(typeof(RetrospectiveOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;

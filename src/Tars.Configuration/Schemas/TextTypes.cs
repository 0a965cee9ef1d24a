using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Schemas;

/// <summary>Text; numbers and truth values are taken as the text they were written as.</summary>
/// <param name="Meaning">What the text is, such as <c>a PromQL selector</c>.</param>
/// <param name="Pattern">A regular expression the whole text has to match; null for any.</param>
/// <param name="MaximumLength">The most characters taken.</param>
public sealed record TextType(string Meaning = "text", string? Pattern = null, int MaximumLength = 4096) : ScalarType
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Expectation => Meaning;

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (value.Text.Length > MaximumLength)
        {
            return $"has {value.Text.Length} characters; write at most {MaximumLength}";
        }

        if (string.IsNullOrWhiteSpace(value.Text))
        {
            return $"\"\" is not {Meaning}; write one, or leave the key out";
        }

        return Pattern is null || IsWhole(value.Text, Pattern)
            ? null
            : $"{value.Shown()} is not {Meaning}";
    }

    // "$" also matches before a last line feed, hence the length.
    internal static bool IsWhole(string text, string pattern) =>
        Patterns.GetOrAdd(pattern, static p => new Regex(p, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)).Match(text) is { Success: true } match
        && match.Length == text.Length;

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema()
    {
        JsonObject text = new() { ["type"] = new JsonArray("string", "number", "boolean"), ["minLength"] = 1, ["maxLength"] = MaximumLength };
        if (Pattern is null)
        {
            return text;
        }

        text["pattern"] = Pattern;
        return OrPlaceholder(text);
    }
}

/// <summary>Text that no message, listing or explanation shows.</summary>
public sealed record SecretType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "a secret";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        value.Text.Length == 0 ? "is an empty secret; leave the key out" : value.Text.Length > 16384 ? "is longer than 16384 characters" : null;

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => new() { ["type"] = new JsonArray("string", "number", "boolean"), ["minLength"] = 1 };
}

/// <summary>One word of a closed list.</summary>
/// <param name="Choices">The words, in the order they are shown.</param>
public sealed record ChoiceType(params string[] Choices) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "one of " + string.Join(", ", Choices);

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (Choices.Contains(value.Text, StringComparer.Ordinal))
        {
            return null;
        }

        string? nearest = Nearest.Of(value.Text, Choices);
        return $"{value.Shown()} is not {Expectation}" + (nearest is null ? "" : $"; write {nearest}");
    }

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema()
    {
        JsonArray words = [];
        foreach (string choice in Choices)
        {
            words.Add((JsonNode)choice);
        }

        return OrPlaceholder(new JsonObject { ["enum"] = words });
    }
}

/// <summary>An absolute <c>http</c> or <c>https</c> address without user name, password, query or fragment.</summary>
public sealed record UrlType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "an http or https address";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (value.Text.Length > 2048
            || !Uri.TryCreate(value.Text, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("http" or "https")
            || uri.Host.Length == 0
            || value.Text.AsSpan().ContainsAny(" \t\r\n\\"))
        {
            return value.Text.Contains('@', StringComparison.Ordinal)
                ? "is not an http or https address; write for example https://prometheus.example.com"
                : $"{value.Shown()} is not an http or https address; write for example https://prometheus.example.com";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "carries a user name or password; write them under auth, so that no address shows them";
        }

        return uri.Query.Length > 0 || uri.Fragment.Length > 0 ? "has a query or fragment; write the address without it" : null;
    }

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject { ["type"] = "string", ["pattern"] = @"^[hH][tT][tT][pP][sS]?://[^\s\\?#@]+$" });
}

/// <summary>A value of any of several single-value types, such as a threshold in time, bytes, percent or plain numbers.</summary>
/// <param name="Meaning">What the value is, such as <c>a threshold</c>.</param>
/// <param name="Types">The types.</param>
public sealed record AnyOfType(string Meaning, params ScalarType[] Types) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => Meaning;

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        Types.Any(type => type.Refuse(value) is null)
            ? null
            : $"{value.Shown()} is not {Meaning}; write {string.Join(" or ", Types.Select(type => type.Expectation))}";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema()
    {
        JsonArray any = [];
        foreach (ScalarType type in Types)
        {
            any.Add((JsonNode)type.ToJsonSchema());
        }

        return new JsonObject { ["anyOf"] = any };
    }
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.Configuration.Documents;
using Tars.Configuration.Scalars;

namespace Tars.Configuration.Schemas;

/// <summary>An absolute address of given schemes without user name, password, query or fragment.</summary>
/// <param name="Meaning">What the address is of, such as <c>a database's address</c>.</param>
/// <param name="Example">One that is taken.</param>
/// <param name="Schemes">The schemes taken, in lower case.</param>
public sealed record AddressType(string Meaning, string Example, params string[] Schemes) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => $"{Meaning} ({string.Join(", ", Schemes)})";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (value.Text.Length > 2048
            || !Uri.TryCreate(value.Text, UriKind.Absolute, out Uri? uri)
            || !Schemes.Contains(uri.Scheme, StringComparer.Ordinal)
            || uri.Host.Length == 0
            || value.Text.AsSpan().ContainsAny(" \t\r\n\\"))
        {
            return (value.Text.Contains('@', StringComparison.Ordinal) ? "is" : $"{value.Shown()} is") + $" not {Expectation}; write for example {Example}";
        }

        return uri.UserInfo.Length > 0 ? "carries a user name or password; write them under keys of their own, so that no address shows them"
            : uri.Query.Length > 0 || uri.Fragment.Length > 0 ? "has a query or fragment; write the address without it"
            : null;
    }

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject
    {
        ["type"] = "string",
        ["pattern"] = $@"^({string.Join('|', Schemes)})://[^\s\\?#@]+$",
    });
}

/// <summary>A regular expression that .NET's engine without backtracking takes, so that no text makes it slow.</summary>
public sealed record RegexType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "a regular expression";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (value.Text.Length is 0 or > 1000)
        {
            return value.Text.Length == 0 ? "\"\" is not a regular expression; write one, or leave it out" : $"has {value.Text.Length} characters; write at most 1000";
        }

        try
        {
            _ = new Regex(value.Text, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
            return null;
        }
        catch (RegexParseException refusal)
        {
            return $"{value.Shown()} is not a regular expression: {refusal.Error} at character {refusal.Offset}";
        }
        catch (NotSupportedException)
        {
            return $"{value.Shown()} needs backtracking (a look-around, a back-reference or an atomic group), which a text could make slow; write it without";
        }
    }

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 1000 };
}

/// <summary>Five fields of <c>crontab(5)</c>: minute, hour, day of month, month, day of week.</summary>
public sealed record CronType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "a schedule in five fields (minute hour day month weekday)";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        CronText.Refuse(value.Text) is string reason
            ? $"{value.Shown()} is not {Expectation}{(value.Written is null ? ": " + reason : "")}; write for example 0 6 * * MON-FRI"
            : null;

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject { ["type"] = "string", ["pattern"] = @"^\S+ +\S+ +\S+ +\S+ +\S+$" });
}

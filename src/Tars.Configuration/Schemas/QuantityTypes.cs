using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Configuration.Documents;
using Tars.Configuration.Scalars;

namespace Tars.Configuration.Schemas;

/// <summary>A duration such as <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>7d</c>.</summary>
/// <param name="Minimum">The shortest taken.</param>
/// <param name="Maximum">The longest taken.</param>
public sealed record DurationType(TimeSpan Minimum, TimeSpan Maximum) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => $"a duration in [{DurationText.Format(Minimum)}, {DurationText.Format(Maximum)}]";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (DurationText.TryParse(value.Text, out TimeSpan duration))
        {
            return duration >= Minimum && duration <= Maximum ? null : $"{value.Shown()} is not {Expectation}";
        }

        string write = NumberText.TryParseInteger(value.Text, out long bare) && bare > 0
            ? $"{bare.ToString(CultureInfo.InvariantCulture)}s, or another unit of ms, s, m, h, d, w"
            : "for example 30s, 5m, 1h30m or 7d";
        return $"{value.Shown()} is not {Expectation}; write {write}";
    }

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject
    {
        ["type"] = "string",
        ["pattern"] = "^(?=[0-9])([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
    });
}

/// <summary>A size with its unit, such as <c>64MiB</c>.</summary>
/// <param name="Minimum">The least size taken, in bytes.</param>
/// <param name="Maximum">The greatest size taken, in bytes.</param>
public sealed record ByteSizeType(long Minimum, long Maximum) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => $"a size in [{ByteSizeText.Format(Minimum)}, {ByteSizeText.Format(Maximum)}]";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        !ByteSizeText.TryParse(value.Text, out long bytes)
            ? $"{value.Shown()} is not {Expectation}; write a whole number with its unit, such as 64MiB"
            : bytes >= Minimum && bytes <= Maximum ? null : $"{value.Shown()} is not {Expectation}";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+([KMGT]iB|[kKMGT]?B)$" });
}

/// <summary>A point in time with its offset, such as <c>2026-11-28T01:00Z</c>.</summary>
public sealed record InstantType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "a time with its offset";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        InstantText.TryParse(value.Text, out _)
            ? null
            : $"{value.Shown()} is not a time with its offset (ISO 8601); write for example 2026-11-28T01:00Z or 2026-11-28T01:00+02:00";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject
    {
        ["type"] = "string",
        ["pattern"] = @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})$",
    });
}

/// <summary>An IANA time zone the machine knows, such as <c>Europe/Berlin</c>.</summary>
public sealed record TimeZoneType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "a time zone";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        value.Text.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(value.Text, out _)
            ? null
            : $"{value.Shown()} is not a time zone of this machine; write an IANA name such as UTC or Europe/Berlin";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => new() { ["type"] = "string" };
}

using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Configuration.Documents;
using Tars.Configuration.Scalars;

namespace Tars.Configuration.Schemas;

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record FlagType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "true or false";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value)
    {
        if (!Quoting.IsText(value) && value.Text is "true" or "false")
        {
            return null;
        }

        string write = value.Text.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "ON" or "1" or "Y" => "true",
            "FALSE" or "NO" or "OFF" or "0" or "N" => "false",
            _ => "true or false",
        };
        return $"{value.Shown()} is not true or false; write {write}";
    }

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => OrPlaceholder(new JsonObject { ["type"] = "boolean" });

    internal override JsonNode? JsonOf(string text) => JsonValue.Create(text == "true");
}

/// <summary>A whole number.</summary>
/// <param name="Minimum">The least value taken.</param>
/// <param name="Maximum">The greatest value taken.</param>
public sealed record IntegerType(long Minimum, long Maximum) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => string.Create(CultureInfo.InvariantCulture, $"a whole number in [{Minimum}, {Maximum}]");

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        !Quoting.IsText(value) && NumberText.TryParseInteger(value.Text, out long number) && number >= Minimum && number <= Maximum
            ? null
            : $"{value.Shown()} is not {Expectation}{Quoting.Hint(value, NumberText.TryParseInteger(value.Text, out _))}";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() =>
        OrPlaceholder(new JsonObject { ["type"] = "integer", ["minimum"] = Minimum, ["maximum"] = Maximum });

    internal override JsonNode? JsonOf(string text) => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture));
}

/// <summary>A finite number.</summary>
/// <param name="Minimum">The least value taken.</param>
/// <param name="Maximum">The greatest value taken.</param>
public sealed record NumberType(double Minimum, double Maximum) : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => string.Create(CultureInfo.InvariantCulture, $"a number in [{Minimum:R}, {Maximum:R}]");

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        !Quoting.IsText(value) && NumberText.TryParse(value.Text, out double number) && number >= Minimum && number <= Maximum
            ? null
            : $"{value.Shown()} is not {Expectation}{Quoting.Hint(value, NumberText.TryParse(value.Text, out _))}";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() =>
        OrPlaceholder(new JsonObject { ["type"] = "number", ["minimum"] = Minimum, ["maximum"] = Maximum });

    internal override JsonNode? JsonOf(string text) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture));
}

/// <summary>A share of a whole, in [0, 1]: <c>0.999</c> or <c>99.9%</c>.</summary>
public sealed record RatioType : ScalarType
{
    /// <inheritdoc/>
    public override string Expectation => "a ratio in [0, 1]";

    /// <inheritdoc/>
    public override string? Refuse(SettingsNode.Scalar value) =>
        RatioText.TryParse(value.Text, out _) ? null : $"{value.Shown()} is not a ratio in [0, 1]; write {RatioText.Suggest(value.Text)}";

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1 },
            new JsonObject { ["type"] = "string", ["pattern"] = @"^([0-9]{1,2}(\.[0-9]+)?|100(\.0+)?)%$|^0(\.[0-9]+)?$|^1(\.0+)?$" },
            new JsonObject { ["$ref"] = "#/definitions/placeholder" }),
    };
}

/// <summary>Quotes make a text of what would be a number or a truth value; a placeholder's value is never text for that reason.</summary>
internal static class Quoting
{
    public static bool IsText(SettingsNode.Scalar value) => value.IsQuoted && value.Written is null;

    public static string Hint(SettingsNode.Scalar value, bool wouldRead) => IsText(value) && wouldRead ? "; leave out the quotes" : "";
}

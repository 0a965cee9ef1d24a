using System.Collections.Immutable;
using System.Globalization;
using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Migration;

/// <summary>Values as Python programs write and read them, turned into those of a type: <c>yes</c>, <c>None</c>, <c>"8100"</c>, <c>60.0</c>, <c>a,b</c>.</summary>
internal static class PythonValues
{
    /// <summary>Whether nothing is said: null in YAML's or in Python's spelling.</summary>
    public static bool IsNone(SettingsNode node) => node is SettingsNode.Scalar { IsNull: true } or SettingsNode.Scalar { IsQuoted: false, Text: "None" };

    /// <summary>Returns <paramref name="node"/> as <paramref name="type"/> wants it; unchanged where nothing is known to be meant.</summary>
    public static SettingsNode As(SettingsNode node, SettingsType type) => (node, type) switch
    {
        (SettingsNode.Scalar scalar, _) when Layers.Placeholders.IsIn(scalar.Text) => node,
        (SettingsNode.Scalar scalar, FlagType) => scalar.Text.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "ON" or "1" or "Y" => scalar with { Text = "true", IsQuoted = false },
            "FALSE" or "NO" or "OFF" or "0" or "N" => scalar with { Text = "false", IsQuoted = false },
            _ => node,
        },
        (SettingsNode.Scalar scalar, IntegerType) => Integer(scalar),
        (SettingsNode.Scalar scalar, ChoiceType choice) => Choice(scalar, choice),
        (SettingsNode.Scalar { Text.Length: > 0 } scalar, ListType { Item: ScalarType item, TakesOne: false }) => new SettingsNode.List(
            scalar.Origin,
            [.. scalar.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => As(scalar with { Text = text }, item))]),
        (SettingsNode.List list, ListType items) => list with { Items = [.. list.Items.Select(item => As(item, items.Item))] },

        // A list where one is meant: the first, when there is no other.
        (SettingsNode.List { Items: [SettingsNode.Scalar one] }, ScalarType) => As(one, type),
        _ => node,
    };

    private static SettingsNode.Scalar Integer(SettingsNode.Scalar scalar) =>
        decimal.TryParse(scalar.Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
        && decimal.Truncate(number) == number && Math.Abs(number) < 1_000_000_000_000m
            ? scalar with { Text = ((long)number).ToString(CultureInfo.InvariantCulture), IsQuoted = false }
            : scalar;

    private static SettingsNode.Scalar Choice(SettingsNode.Scalar scalar, ChoiceType choice)
    {
        string Bare(string text) => new([.. text.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);
        string word = scalar.Text.ToUpperInvariant() switch
        {
            "WARN" => "WARNING",
            "FATAL" => "CRITICAL",
            _ => scalar.Text,
        };
        ImmutableArray<string> same = [.. choice.Choices.Where(known => Bare(known) == Bare(word))];
        return same is [string one] && one != scalar.Text ? scalar with { Text = one } : scalar;
    }
}

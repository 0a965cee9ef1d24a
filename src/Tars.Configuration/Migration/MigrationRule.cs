using System.Globalization;
using Tars.Configuration.Documents;
using Tars.Configuration.Scalars;

namespace Tars.Configuration.Migration;

/// <summary>What becomes of one key of the predecessor.</summary>
/// <param name="From">Its path.</param>
/// <param name="To">Our key; null when there is none.</param>
/// <param name="Why">Without <paramref name="To"/>, or when the value cannot be converted: why, and what to do instead.</param>
/// <param name="Convert">Returns our value, or null when it has none; null for the same value.</param>
internal sealed record MigrationRule(string From, string? To, string Why, Func<SettingsNode.Scalar, string?>? Convert = null)
{
    /// <summary>Returns the value under our key; null when it cannot be converted.</summary>
    public SettingsNode? Apply(SettingsNode node) => Convert is null ? node
        : node is SettingsNode.Scalar scalar && Convert(scalar) is string text ? scalar with { Text = text, IsQuoted = false }
        : null;

    public static MigrationRule Moved(string from, string to) => new(from, to, "");

    public static MigrationRule Gone(string from, string why) => new(from, null, why);

    /// <summary>A key whose words are others here; words that are not listed stay.</summary>
    public static MigrationRule Words(string from, string to, params (string Old, string New)[] words) => new(
        from, to, "", scalar => words.FirstOrDefault(word => word.Old.Equals(scalar.Text, StringComparison.OrdinalIgnoreCase)) is { New: { } now } ? now : scalar.Text);

    /// <summary>A count of seconds that is a duration here.</summary>
    public static MigrationRule Seconds(string from, string to) => new(
        from, to, "is no whole number of seconds", scalar => Whole(scalar) is long seconds and > 0 ? DurationText.Format(TimeSpan.FromSeconds(seconds)) : null);

    /// <summary>A count of seconds that is a count of minutes here.</summary>
    public static MigrationRule SecondsToMinutes(string from, string to) => new(
        from,
        to,
        "is no whole number of minutes; write " + to,
        scalar => Whole(scalar) is long seconds and >= 60 && seconds % 60 == 0 ? (seconds / 60).ToString(CultureInfo.InvariantCulture) : null);

    /// <summary>The name of a variable that holds the value.</summary>
    public static MigrationRule Variable(string from, string to) => new(from, to, "names no variable", scalar => scalar.IsNull ? null : $"${{{scalar.Text}}}");

    private static long? Whole(SettingsNode.Scalar scalar) => NumberText.TryParseInteger(scalar.Text, out long number) ? number : null;
}

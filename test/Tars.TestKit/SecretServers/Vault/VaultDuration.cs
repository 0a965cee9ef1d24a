using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>A duration in a request: a number of seconds, or text such as <c>90</c>, <c>1h</c> or <c>3h25m19s</c>.</summary>
internal static partial class VaultDuration
{
    /// <summary>The duration; zero without one, null when it is none.</summary>
    internal static TimeSpan? Read(JsonNode? node)
    {
        if (node is null)
        {
            return TimeSpan.Zero;
        }

        if (node is not JsonValue value)
        {
            return null;
        }

        if (value.TryGetValue(out long number))
        {
            return TimeSpan.FromSeconds(number);
        }

        if (!value.TryGetValue(out string? text))
        {
            return null;
        }

        if (text.Length == 0)
        {
            return TimeSpan.Zero;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Match match = Units().Match(text);
        return match.Success
            ? TimeSpan.FromHours(Part(match, "h")) + TimeSpan.FromMinutes(Part(match, "m")) + TimeSpan.FromSeconds(Part(match, "s"))
            : null;
    }

    private static int Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true, Value: string digits } ? int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?=\d)((?<h>\d{1,6})h)?((?<m>\d{1,6})m)?((?<s>\d{1,6})s)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Units();
}

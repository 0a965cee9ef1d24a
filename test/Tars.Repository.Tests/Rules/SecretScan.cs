using System.Text.RegularExpressions;

namespace Tars.Repository.Tests.Rules;

/// <summary>Finds what looks like a credential: key blocks, and tokens of the providers whose form can be told.</summary>
internal static partial class SecretScan
{
    /// <summary>What kind of secret the line holds, or null.</summary>
    internal static string? KindIn(string line) => Secret().Match(line) is { Success: true } match
        ? match.Groups.Cast<Group>().First(group => group.Success && !char.IsAsciiDigit(group.Name[0])).Name
        : null;

    [GeneratedRegex(
        @"(?<PrivateKey>-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----)"
        + @"|(?<AwsKey>\b(AKIA|ASIA)[0-9A-Z]{16}\b)"
        + @"|(?<GitHubToken>\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})\b)"
        + @"|(?<GitLabToken>\bglpat-[\w-]{20,})"
        + @"|(?<SlackToken>\bxox[abprs]-[\w-]{10,})"
        + @"|(?<GoogleKey>\bAIza[\w-]{35}\b)"
        + @"|(?<StripeKey>\b[rs]k_live_\w{16,})"
        + @"|(?<JsonWebToken>\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})"
        + @"|(?<PasswordInUrl>\b[a-z][a-z0-9+.-]*://[^/\s:@""'<>{}$]+:(?!\*)[^/\s:@""'<>{}$]{3,}@)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();
}

using System.Text.RegularExpressions;

namespace Tars.Configuration.Secrets.Gcp;

/// <summary>A version of a secret: <c>NAME</c>, <c>NAME/versions/3</c>, or the same after <c>projects/PROJECT/secrets/</c>.</summary>
/// <param name="Project">The project; null for the configured one.</param>
/// <param name="Secret">The secret's id.</param>
/// <param name="Version">The version; null for the configured one.</param>
internal sealed partial record GcpSecretName(string? Project, string Secret, string? Version)
{
    /// <summary>Returns the name, or null when no secret can have it.</summary>
    public static GcpSecretName? Parse(string text)
    {
        Match match = Form().Match(text);
        return match.Success
            ? new GcpSecretName(Group(match, "project"), match.Groups["secret"].Value, Group(match, "version"))
            : null;
    }

    /// <summary>Whether a text can stand for a project in an address.</summary>
    public static bool IsProject(string text) => ProjectForm().IsMatch(text);

    /// <summary>Whether a text can stand for a version in an address.</summary>
    public static bool IsVersion(string text) => VersionForm().IsMatch(text);

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    [GeneratedRegex(@"\A(projects/(?<project>[a-z0-9.:-]{1,64})/secrets/)?(?<secret>[A-Za-z0-9_-]{1,255})(/versions/(?<version>[A-Za-z0-9_-]{1,63}))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex(@"\A[a-z0-9.:-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ProjectForm();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionForm();
}

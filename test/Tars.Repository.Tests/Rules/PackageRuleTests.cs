using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Tars.Repository.Tests.Rules;

public sealed partial class PackageRuleTests
{
    [Theory]
    [InlineData("docs/decisions/packages.md")]
    [InlineData("THIRD-PARTY-NOTICES.md")]
    public void Packages_OfTheCentralList_EachHaveALine(string document)
    {
        string[] lines = RepositoryFiles.Text(document).Split('\n');
        string[] missing = [.. Packages().Where(package => !lines.Any(line => line.Contains($"`{package}`", StringComparison.Ordinal)))];
        Assert.True(missing.Length == 0, $"{document} has no line for: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Packages_OfTheCentralList_AreAllUsed()
    {
        string projects = string.Concat(RepositoryFiles.All.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) || path == "Directory.Build.targets").Select(RepositoryFiles.Text));
        string locks = string.Concat(RepositoryFiles.With("packages.lock.json").Select(RepositoryFiles.Text));
        string[] unused = [.. Packages().Where(package => !projects.Contains($"\"{package}\"", StringComparison.Ordinal) && !locks.Contains($"\"{package}\"", StringComparison.Ordinal))];
        Assert.True(unused.Length == 0, string.Join(", ", unused));
    }

    [Fact]
    public void Projects_WithPackages_HaveALockFile()
    {
        string[] missing = [.. RepositoryFiles.With(".csproj").Select(path => $"{Path.GetDirectoryName(path)}/packages.lock.json").Except(RepositoryFiles.All)];
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }

    [Fact]
    public void AnalyzerRules_TurnedOff_EachHaveALine()
    {
        string reasons = RepositoryFiles.Text("docs/decisions/analyzers.md");
        string settings = RepositoryFiles.Text(".editorconfig") + RepositoryFiles.Text("Directory.Build.props") + RepositoryFiles.Text("Directory.Build.targets");
        string projects = string.Concat(RepositoryFiles.With(".csproj").Select(RepositoryFiles.Text));
        string[] missing =
        [
            .. TurnedOff().Matches(settings + projects)
                .SelectMany(match => RuleId().Matches(match.Value).Select(id => id.Value))
                .Distinct()
                .Where(id => !reasons.Contains($"`{id}`", StringComparison.Ordinal)),
        ];
        Assert.True(missing.Length == 0, $"docs/decisions/analyzers.md has no line for: {string.Join(", ", missing)}");
    }

    private static IEnumerable<string> Packages() =>
        XDocument.Parse(RepositoryFiles.Text("Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);

    [GeneratedRegex(@"dotnet_diagnostic\.\w+\.severity *= *none|<NoWarn>[^<]*</NoWarn>")]
    private static partial Regex TurnedOff();

    [GeneratedRegex(@"\b[A-Z]{2,}\d{3,}\b")]
    private static partial Regex RuleId();
}

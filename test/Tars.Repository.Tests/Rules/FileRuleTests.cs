using System.Text.RegularExpressions;
using Xunit;

namespace Tars.Repository.Tests.Rules;

public sealed partial class FileRuleTests
{
    // Files that show a forbidden word because they say what is forbidden or are legal text.
    private static readonly string[] WordLists = ["BannedSymbols.txt", "LICENSE", "test/Tars.Repository.Tests/Rules/FileRuleTests.cs"];

    [Fact]
    public void SourceFiles_Lines_AreAtMostFiveHundred()
    {
        string[] long_ = [.. RepositoryFiles.With(".cs", "src/").Where(path => RepositoryFiles.Text(path).Count(c => c == '\n') > 500)];
        Assert.True(long_.Length == 0, string.Join('\n', long_));
    }

    [Fact]
    public void Lines_OfAllFiles_NameNoPathOrHostOfOneMachine() =>
        AssertNoLine(MachinePlace(), (path, match) => match == SharedFolder && path == ".ci/run");

    [Fact]
    public void Lines_OfSource_LeaveNothingToDo() =>
        AssertNoLine(Unfinished(), (path, _) => !path.StartsWith("src/", StringComparison.Ordinal));

    [Fact]
    public void TypeNames_OfAllCode_AreFieldTerms() =>
        AssertNoLine(VagueTypeName(), (path, _) => !path.EndsWith(".cs", StringComparison.Ordinal));

    [Theory]
    [InlineData("see /ho" + "me/ann/x", true)]
    [InlineData("see /wo" + "rk/x", true)]
    [InlineData(@"C:\Us" + @"ers\ann", true)]
    [InlineData("https://api.nu" + "get.org/v3", true)]
    [InlineData("the network of homes", false)]
    [InlineData("/api/v1/work/items", false)]
    public void MachinePlace_SampleLine_IsSeen(string line, bool seen) => Assert.Equal(seen, MachinePlace().IsMatch(line));

    [Theory]
    [InlineData("public sealed class ReportManager", true)]
    [InlineData("internal static class StringUtil(int x)", true)]
    [InlineData("public readonly record struct Engineer(int x)", false)]
    [InlineData("// the manager of a class", false)]
    public void VagueTypeName_SampleLine_IsSeen(string line, bool seen) => Assert.Equal(seen, VagueTypeName().IsMatch(line));

    private const string SharedFolder = "shar" + "ed/";

    private static void AssertNoLine(Regex forbidden, Func<string, string, bool> isExcused)
    {
        string[] broken =
        [
            .. from line in RepositoryFiles.Lines()
               where !WordLists.Contains(line.Path)
               let match = forbidden.Match(line.Text)
               where match.Success && !isExcused(line.Path, match.Value)
               select $"{line.Path}:{line.Line}: {match.Value}",
        ];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [GeneratedRegex(
        @"(?<![\w.~/-])/(home|root|work|Users)/\w*|[A-Z]:\\Users\\|\bshared/|nuget\.org|npmjs\.(org|com)|deb\.debian\.org|pypi\.org",
        RegexOptions.ExplicitCapture)]
    private static partial Regex MachinePlace();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException", RegexOptions.ExplicitCapture)]
    private static partial Regex Unfinished();

    [GeneratedRegex(
        @"\b(class|struct|interface|enum|record) \w*(Manager|Helper|Helpers|Util|Utils|Utility|Utilities|Engine|Processor|Common)\b|\b(class|struct|interface|enum|record) (Enterprise|Smart)\w*",
        RegexOptions.ExplicitCapture)]
    private static partial Regex VagueTypeName();
}

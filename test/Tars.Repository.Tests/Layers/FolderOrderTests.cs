using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Tars.Repository.Tests.Layers;

public sealed partial class FolderOrderTests
{
    private const string Project = "Tars.Observability";

    [Fact]
    public void Folders_OfObservability_AllHaveAPlaceInTheOrder()
    {
        string[] unplaced = [.. SourceFiles().Select(FolderOfPath).Distinct().Where(folder => !FolderOrder.Upstream.ContainsKey(folder))];
        Assert.True(unplaced.Length == 0, $"no place in the layering order for: {string.Join(", ", unplaced)} (FolderOrder, docs/architecture.md)");
    }

    [Fact]
    public void Types_OfObservability_UseOnlyFoldersUpstream()
    {
        string[] broken =
        [
            .. from user in Assembly.Load(Project).GetTypes()
               let userFolder = FolderOf(user)
               where userFolder is not null
               from used in ReferencedTypes.Of(user)
               let usedFolder = FolderOf(used)
               where usedFolder is not null && !FolderOrder.Allows(userFolder, usedFolder)
               select $"{user.FullName} uses {used.FullName}",
        ];
        Assert.True(broken.Length == 0, string.Join('\n', broken.Distinct()));
    }

    [Fact]
    public void Usings_OfObservability_NameOnlyFoldersUpstream()
    {
        string[] broken =
        [
            .. from path in SourceFiles()
               from Match match in ObservabilityName().Matches(RepositoryFiles.Text(path))
               let used = match.Groups["folder"].Value
               where !FolderOrder.Allows(FolderOfPath(path), used)
               select $"{path} names Tars.Observability.{used}",
        ];
        Assert.True(broken.Length == 0, string.Join('\n', broken.Distinct()));
    }

    [Fact]
    public void Namespaces_OfObservability_AreProjectPlusFolder()
    {
        string[] broken =
        [
            .. from path in SourceFiles()
               let declared = Namespace().Match(RepositoryFiles.Text(path)).Groups["name"].Value
               where declared.Length > 0 && declared != $"{Project}.{FolderOfPath(path)}" && !declared.StartsWith($"{Project}.{FolderOfPath(path)}.", StringComparison.Ordinal)
               select $"{path} declares {declared}",
        ];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Theory]
    [InlineData("Anomalies", "Kpis", true)]
    [InlineData("Kpis", "Anomalies", false)]
    [InlineData("Anomalies", "Regressions", false)]
    [InlineData("Health", "Budgets", true)]
    [InlineData("Prometheus", "TimeSeries", true)]
    [InlineData("Prometheus", "Captures", false)]
    [InlineData("Captures", "Indicators", true)]
    [InlineData("Captures", "Objectives", false)]
    [InlineData("Indicators", "Captures", false)]
    [InlineData("Prometheus", "Indicators", false)]
    [InlineData("Retrospectives", "Captures", false)]
    public void Allows_PairOfFolders_FollowsThePicture(string user, string used, bool allowed) =>
        Assert.Equal(allowed, FolderOrder.Allows(user, used));

    [Fact]
    public void ReferencedTypes_BodyGenericAndCatch_AreAllSeen()
    {
        IReadOnlySet<Type> used = ReferencedTypes.Of(typeof(Sample));
        Assert.Contains(typeof(System.Text.StringBuilder), used);
        Assert.Contains(typeof(Uri), used);
        Assert.Contains(typeof(FormatException), used);
        Assert.Contains(typeof(TimeZoneInfo), used);
        Assert.DoesNotContain(typeof(Version), used);
    }

    private static IEnumerable<string> SourceFiles() => RepositoryFiles.With(".cs", $"src/{Project}/");

    private static string FolderOfPath(string path) => path.Split('/') is [_, _, string folder, _, ..] ? folder : "(root)";

    private static string? FolderOf(Type type) =>
        type.Assembly.GetName().Name == Project && type.Namespace?.Split('.') is ["Tars", "Observability", string folder, ..] ? folder : null;

    [GeneratedRegex(@"\bTars\.Observability\.(?<folder>[A-Z]\w*)(?=[.;])", RegexOptions.ExplicitCapture)]
    private static partial Regex ObservabilityName();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Namespace();

    private static class Sample
    {
        internal static object Make(string text)
        {
            try
            {
                return new List<Uri>([new Uri(new System.Text.StringBuilder(text).ToString())]);
            }
            catch (FormatException)
            {
                return TimeZoneInfo.Utc;
            }
        }
    }
}

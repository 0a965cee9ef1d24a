using Tars.Configuration.Interrogation;
using Tars.Configuration.Reference;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Reference;

public class ReferencePageTests
{
    [Fact]
    public void Of_Schema_IsTheCommittedPage()
    {
        string path = RepositoryRoot.PathOf("docs/reference/configuration.md");
        string page = ReferencePage.Of(TarsSchema.Instance);
        if (Environment.GetEnvironmentVariable(Golden.UpdateVariable) == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.Equal(File.ReadAllText(path), page);
    }

    [Fact]
    public void Of_Schema_HasARowForEveryKey()
    {
        string page = ReferencePage.Of(TarsSchema.Instance);

        Assert.All(DeclaredKey.Below(TarsSchema.Instance.Root, ""), key => Assert.Contains($"\n| `{key.Path}` | ", page, StringComparison.Ordinal));
    }
}

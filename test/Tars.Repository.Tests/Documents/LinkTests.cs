using Tars.TestKit;
using Xunit;

namespace Tars.Repository.Tests.Documents;

public sealed class LinkTests
{
    [Fact]
    public void Links_OfAllDocuments_LeadSomewhere()
    {
        string[] broken =
        [
            .. from path in RepositoryFiles.With(".md")
               from link in MarkdownDocument.Parse(RepositoryFiles.Text(path)).Links
               let reason = WhyBroken(path, link.Target)
               where reason is not null
               select $"{path}:{link.Line}: {link.Target}: {reason}",
        ];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Theory]
    [InlineData("[a](b.md)", "b.md")]
    [InlineData("![a](b.png \"title\") text", "b.png")]
    [InlineData("<img src=\"docs/x.png\" alt=\"x\">", "docs/x.png")]
    [InlineData("[ref]: ../x.md#y", "../x.md#y")]
    public void Links_EachForm_AreFound(string line, string target) =>
        Assert.Equal(target, Assert.Single(MarkdownDocument.Parse(line).Links).Target);

    [Fact]
    public void Links_InsideCode_AreNotLinks() =>
        Assert.Empty(MarkdownDocument.Parse("`[a](b)`\n```\n[c](d)\n```\n").Links);

    // Anchors as GitHub shows them for these headings.
    [Theory]
    [InlineData("# Exit codes", "exit-codes")]
    [InlineData("## What `tars kpi` writes, and why", "what-tars-kpi-writes-and-why")]
    [InlineData("### p50/p95/p99 (seconds)", "p50p95p99-seconds")]
    [InlineData("# [Unreleased](x.md) - now", "unreleased---now")]
    public void Anchors_OfHeading_AreGitHubs(string heading, string anchor) =>
        Assert.Contains(anchor, MarkdownDocument.Parse(heading).Anchors);

    [Theory]
    [InlineData("no-such-file.md", "no such file")]
    [InlineData("CONTRIBUTING.md#no-such-heading", "no such heading")]
    [InlineData("https://example.org/x", null)]
    [InlineData("CONTRIBUTING.md", null)]
    public void WhyBroken_SampleTarget_SaysWhatIsMissing(string target, string? reason) =>
        Assert.Equal(reason, WhyBroken("README.md", target));

    // Addresses outside are not asked: a test must not depend on somebody else's server.
    private static string? WhyBroken(string document, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0
            ? RepositoryRoot.PathOf(document)
            : Path.GetFullPath(Path.Combine(RepositoryRoot.PathOf(Path.GetDirectoryName(document) ?? string.Empty), Uri.UnescapeDataString(parts[0])));
        if (!Path.Exists(path))
        {
            return "no such file";
        }

        bool anchored = parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal)
            || MarkdownDocument.Parse(File.ReadAllText(path)).Anchors.Contains(parts[1]);
        return anchored ? null : "no such heading";
    }
}

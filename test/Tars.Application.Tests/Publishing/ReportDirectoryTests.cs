using System.Text;
using Tars.Application.Publishing;
using Tars.Reports;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Publishing;

public sealed class ReportDirectoryTests
{
    [Fact]
    public async Task WriteAsync_NewDirectory_WritesExactBytesAndNothingElse()
    {
        using TemporaryDirectory temporary = new();
        string path = Path.Combine(temporary.Path, "a", "b");

        IReadOnlyList<string> written = await new ReportDirectory(path).WriteAsync(ReportOf("one"), TestContext.Current.CancellationToken);

        Assert.Equal([Path.Combine(path, "x.json"), Path.Combine(path, "x.md")], written);
        Assert.Equal("one", await File.ReadAllTextAsync(written[0], TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFileSystemEntries(path).Length);
    }

    [Fact]
    public async Task WriteAsync_SecondFileImpossible_LeavesTheFirstAsItWas()
    {
        using TemporaryDirectory temporary = new();
        ReportDirectory directory = new(temporary.Path);
        await directory.WriteAsync(ReportOf("before"), TestContext.Current.CancellationToken);
        Report impossible = new("kpi", [FileOf("x.json", "after"), FileOf(Path.Combine("no-such-directory", "y"), "after")]);

        OutputException exception = await Assert.ThrowsAsync<OutputException>(
            () => directory.WriteAsync(impossible, TestContext.Current.CancellationToken));

        Assert.Contains("no-such-directory", exception.Message, StringComparison.Ordinal);
        Assert.Equal("before", await File.ReadAllTextAsync(Path.Combine(temporary.Path, "x.json"), TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFileSystemEntries(temporary.Path).Length);
    }

    [Fact]
    public async Task WriteAsync_Cancelled_ChangesNothing()
    {
        using TemporaryDirectory temporary = new();
        ReportDirectory directory = new(temporary.Path);
        await directory.WriteAsync(ReportOf("before"), TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => directory.WriteAsync(ReportOf("after"), new CancellationToken(canceled: true)));

        Assert.Equal("before", await File.ReadAllTextAsync(Path.Combine(temporary.Path, "x.md"), TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFileSystemEntries(temporary.Path).Length);
    }

    [Fact]
    public async Task WriteAsync_OrphanOfADeadWriter_IsRemoved()
    {
        using TemporaryDirectory temporary = new();
        string orphan = Path.Combine(temporary.Path, ".x.json.2147483000.tars-tmp");
        await File.WriteAllTextAsync(orphan, "half", TestContext.Current.CancellationToken);

        await new ReportDirectory(temporary.Path).WriteAsync(ReportOf("one"), TestContext.Current.CancellationToken);

        Assert.False(File.Exists(orphan));
    }

    [Fact]
    public async Task WriteAsync_PathIsAFile_NamesIt()
    {
        using TemporaryDirectory temporary = new();
        string file = Path.Combine(temporary.Path, "file");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);

        OutputException exception = await Assert.ThrowsAsync<OutputException>(
            () => new ReportDirectory(file).WriteAsync(ReportOf("one"), TestContext.Current.CancellationToken));

        Assert.StartsWith(file, exception.Path, StringComparison.Ordinal);
    }

    private static Report ReportOf(string text) => new("kpi", [FileOf("x.json", text), FileOf("x.md", text)]);

    private static ReportFile FileOf(string name, string text) => new(name, "text/plain", Encoding.UTF8.GetBytes(text));
}

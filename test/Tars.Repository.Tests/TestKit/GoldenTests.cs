using System.Text;
using Tars.TestKit;
using Xunit;
using Xunit.Sdk;

namespace Tars.Repository.Tests.TestKit;

public sealed class GoldenTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public void Match_SameBytes_Passes()
    {
        _folder.WriteText("a.txt", "one\ntwo\n");
        Golden.Match(_folder.Path, "a.txt", "one\ntwo\n"u8, updates: false);
    }

    [Theory]
    [InlineData("one\ntwo")]
    [InlineData("one\r\ntwo\n")]
    [InlineData("\uFEFFone\ntwo\n")]
    [InlineData("")]
    public void Match_AnyOtherByte_Fails(string actual)
    {
        _folder.WriteText("a.txt", "one\ntwo\n");
        Assert.Throws<FailException>(() => Golden.Match(_folder.Path, "a.txt", Encoding.UTF8.GetBytes(actual), updates: false));
    }

    [Fact]
    public void Match_ChangedLine_ShowsItWithItsSurroundings()
    {
        string failure = Golden.Difference("1\n2\n3\n4\nold\n6\n7\n8\n9\n"u8, "1\n2\n3\n4\nnew\nmore\n6\n7\n8\n9\n"u8);
        Assert.Equal("@@ line 5 @@\n  2\n  3\n  4\n- old\n+ new\n+ more\n  6\n  7\n  8\n", failure);
    }

    [Fact]
    public void Match_MissingFile_SaysHowToMakeIt()
    {
        XunitException failure = Assert.ThrowsAny<XunitException>(() => Golden.Match(_folder.Path, "none.txt", "x"u8, updates: false));
        Assert.Contains("TARS_UPDATE_GOLDEN=1", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

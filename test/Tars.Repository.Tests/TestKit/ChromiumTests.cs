using System.Buffers.Binary;
using Tars.TestKit;
using Xunit;

namespace Tars.Repository.Tests.TestKit;

public sealed class ChromiumTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private Uri Page => new(_folder.WriteText("page.html", "<p id=a>before</p><script>document.getElementById('a').textContent = 'after'</script>"));

    [Fact]
    public async Task DumpDom_PageWithScript_ReturnsWhatTheScriptMade()
    {
        string document = await Chromium.DumpDomAsync(Page, TestContext.Current.CancellationToken);
        Assert.Contains("<p id=\"a\">after</p>", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshot_Page_IsAPictureOfTheAskedSize()
    {
        string png = _folder.Combine("page.png");
        await Chromium.ScreenshotAsync(Page, png, 320, 200, TestContext.Current.CancellationToken);
        byte[] bytes = await File.ReadAllBytesAsync(png, TestContext.Current.CancellationToken);

        // PNG specification, 11.2.2: IHDR holds width and height as big-endian integers at bytes 16 and 20.
        Assert.Equal(320, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
        Assert.Equal(200, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
    }

    public void Dispose() => _folder.Dispose();
}

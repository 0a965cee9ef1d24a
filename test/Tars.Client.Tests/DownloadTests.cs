using System.Security.Cryptography;
using Tars.TestKit;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>Files of reports, whole and checked, or not at all.</summary>
public sealed class DownloadTests
{
    private const string File = "/api/retrospective/download/GA_7DAY_RETROSPECTIVE.md";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Download_AnswerCutHalfWay_IsGotAgainAndWhole()
    {
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        await using ServedClient served = await ServedClient.StartAsync();
        await served.KeepRetrospectiveAsync(content);
        using TarsClient tars = served.Client();
        ReportFile file = Assert.Single(await tars.GetRetrospectiveFilesAsync(cancellationToken: Token));
        Assert.Equal(("GA_7DAY_RETROSPECTIVE.md", "markdown", 300_000L), (file.Filename, file.Format, file.Size));
        served.Proxy.Spoil(File, new Fault.CutAnswer(150_000), new Fault.CutAnswer(200));
        using TemporaryDirectory folder = new();
        string path = await tars.DownloadToFolderAsync(file, folder.Path, Token);
        Assert.Equal(content, await System.IO.File.ReadAllBytesAsync(path, Token));
        Assert.Equal(3, served.Proxy.Count(File));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Download_OtherBytes_AreNeverLeftUnderTheName()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        await served.KeepRetrospectiveAsync([1, 2, 3]);
        using TarsClient tars = served.Client();
        ReportFile file = Assert.Single((await tars.GetRetrospectiveAsync(Token)).Files);
        served.Proxy.Spoil(File, new Fault.ChangeAnswer());
        using TemporaryDirectory folder = new();
        TarsIntegrityException refusal = await Assert.ThrowsAsync<TarsIntegrityException>(() => tars.DownloadToFolderAsync(file, folder.Path, Token));
        Assert.Contains(file.Sha256, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Download_StreamThatCannotSeek_FailsWhenItsAnswerIsCut()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        await served.KeepRetrospectiveAsync(new byte[100_000]);
        using TarsClient tars = served.Client();
        ReportFile file = Assert.Single(await tars.GetRetrospectiveFilesAsync(cancellationToken: Token));
        served.Proxy.Spoil(File, new Fault.CutAnswer(50_000));
        using CryptoStream forward = new(Stream.Null, new ToBase64Transform(), CryptoStreamMode.Write);
        await Assert.ThrowsAsync<TarsUnreachableException>(() => tars.DownloadAsync(file, forward, Token));
        Assert.Equal(1, served.Proxy.Count(File));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task DownloadToFolder_NameThatIsAPath_IsRefused(string name)
    {
        using TarsClient tars = new(new Uri("http://127.0.0.1:1"), new TarsCredential.None());
        await Assert.ThrowsAsync<TarsIntegrityException>(() => tars.DownloadToFolderAsync(new ReportFile { Filename = name }, Path.GetTempPath(), Token));
    }
}

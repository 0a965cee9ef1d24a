using System.Text;
using Tars.TestKit;
using Tars.TestKit.Canaries;
using Xunit;

namespace Tars.Repository.Tests.TestKit;

/// <summary>The harness finds what leaks: each form as the system's own programs write it, and a run that leaks everywhere.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Canary _canary = Canary.Draw("variable SECRET");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("printf %s \"$S\" | base64 -w0", "base64 at 0")]
    [InlineData("printf %s \"a$S\" | base64 -w0", "base64 at 1")]
    [InlineData("printf %s \"ab$S\" | base64 -w0", "base64 at 2")]
    [InlineData("printf %s \"user:${S}x\" | basenc --base64url -w0", "base64")]
    [InlineData("printf %s \"$S\" | basenc --base16 -w0", "hex in upper case")]
    [InlineData("printf %s \"$S\" | od -An -v -tx1 | tr -d ' \\n'", "hex")]
    [InlineData("printf %s \"$S\" | od -An -v -tx1 | tr -d '\\n' | sed 's/ /%/g'", "URL-encoded in lower case")]
    [InlineData("printf %s \"$S\" | od -An -v -tx1 | tr -d '\\n' | sed 's/ /\\\\u00/g'", "JSON-escaped")]
    [InlineData("printf %s \"$S\" | iconv -f ascii -t UTF-16LE", "UTF-16")]
    [InlineData("printf %s \"$S\" | iconv -f ascii -t UTF-16BE", "reversed UTF-16")]
    [InlineData("printf %s \"$S\" | rev", "backwards")]
    [InlineData("printf %s \"$S\" | tr A-Z a-z", "plain in lower case")]
    [InlineData("printf %.23s \"$S\"", "plain")] // cut as a message cuts it
    public async Task In_FormWrittenByAnotherProgram_IsFound(string script, string form)
    {
        CommandLine shell = new("/bin/sh", "-c", $"{{ {script}; }} > out") { WorkingDirectory = _folder.Path, Environment = new Dictionary<string, string?> { ["S"] = _canary.Text } };
        CommandResult result = await shell.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Error);

        IReadOnlyList<CanaryHit> hits = new CanarySearch([_canary]).InFiles(_folder.Path, new HashSet<string>());

        Assert.Contains(hits, hit => hit.Form.StartsWith(form, StringComparison.Ordinal) && hit.Place == "file out");
    }

    [Fact]
    public void In_OtherText_FindsNothing()
    {
        string other = string.Concat(Enumerable.Range(0, 200).Select(_ => Canary.Draw("other").Text));

        Assert.Empty(new CanarySearch([_canary]).In("x", Encoding.UTF8.GetBytes(other)));
    }

    [Fact]
    public async Task RunAsync_RunThatLeaksEverywhere_IsSeenAtEachPlace()
    {
        string planted = _folder.WriteText("planted", _canary.Text);
        const string Leak = """
            echo "$S"
            echo "$S" | base64 >&2
            echo "$S" > log.txt
            echo "$S" > "$TMPDIR/work"
            : > "name-$S"
            sh -c 'sleep 1; true' "$S"
            """;
        CommandLine shell = new("/bin/sh", "-c", Leak) { WorkingDirectory = _folder.Path, Environment = new Dictionary<string, string?> { ["S"] = _canary.Text } };

        CanaryRunResult run = await new CanaryRun(new CanarySearch([_canary]), new HashSet<string> { planted }).RunAsync(shell, TestContext.Current.CancellationToken);

        string[] places = [.. run.Hits.Select(hit => hit.Place).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["file log.txt", "standard error", "standard output", "temporary file work", "the arguments of a process", "the name of a file"], places);
    }

    [Fact]
    public async Task RunAsync_RunThatKeepsItsSecret_HasNoHit()
    {
        string planted = _folder.WriteText("planted", _canary.Text);
        CommandLine shell = new("/bin/sh", "-c", "echo ${#S}; wc -c planted; cp planted \"$TMPDIR/x\"; rm \"$TMPDIR/x\"")
        {
            WorkingDirectory = _folder.Path,
            Environment = new Dictionary<string, string?> { ["S"] = _canary.Text },
        };

        CanaryRunResult run = await new CanaryRun(new CanarySearch([_canary]), new HashSet<string> { planted }).RunAsync(shell, TestContext.Current.CancellationToken);

        Assert.Equal(0, run.Result.ExitCode);
        Assert.Empty(run.Hits);
    }

    [Fact]
    public async Task EchoingServer_Request_IsRefusedAndRepeated()
    {
        await using EchoingServer server = EchoingServer.Start(401);
        using HttpClient client = new();
        client.DefaultRequestHeaders.Add("X-Key", _canary.Text);
        using HttpResponseMessage answer = await client.PostAsync(new Uri(server.Address, "/v1/x"), new StringContent("body"), TestContext.Current.CancellationToken);

        Assert.Equal((401, 1), ((int)answer.StatusCode, server.RequestCount));
        Assert.NotEmpty(new CanarySearch([_canary]).In("answer", await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }
}

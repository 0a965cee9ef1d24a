using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Tars.Compliance.Audit;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Audit;

/// <summary>A witness as a process of its own, asked by logs and by hand.</summary>
public sealed partial class AuditWitnessTests : IDisposable
{
    private const string Name = "witness.example.net/w1";
    private readonly AuditedFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Witness_TwoLogsAndAFork_CosignsOneHistoryOfEach()
    {
        await PrepareAsync();
        (RunningCommand witness, string address) = await StartAsync();
        await _folder.AppendAsync(3, "one");
        await _folder.AppendAsync(2, "two");
        await AskAsync(0, "one", address);
        await AskAsync(0, "two", address);
        _folder.Copy("one", "forked");
        _folder.Copy("one.subjects", "forked.subjects");
        await _folder.AppendAsync(2, "one");
        await _folder.AppendAsync(4, "forked");
        await AskAsync(0, "one", address);
        await StopAsync(witness);

        Assert.Contains("knows every log already", await _folder.RunAsync(2, [.. Line(), "--new"]), StringComparison.Ordinal);
        Directory.Move(_folder.Combine("state"), _folder.Combine("lost"));
        Assert.Contains("knows nothing of one, two", await _folder.RunAsync(2, Line()), StringComparison.Ordinal); // it has cosigned, and would not know what
        Directory.Move(_folder.Combine("lost"), _folder.Combine("state"));
        (witness, address) = await StartAsync(); // what it cosigned it still knows
        Assert.Contains("the witness refuses: the log of 7 lines does not begin with that of 5", await AskAsync(1, "forked", address), StringComparison.Ordinal);
        await AskAsync(0, "one", address); // the same checkpoint again
        Assert.Contains(Name, await _folder.RunAsync(0, "verify", "one", "--witness", $"{Name}=w.pem.pub"), StringComparison.Ordinal);
        Assert.Contains("missing", await _folder.RunAsync(1, "verify", "two", "--witness", $"other={_folder.Combine("w.pem.pub")}"), StringComparison.Ordinal);
        await StopAsync(witness);
    }

    [Fact]
    public async Task Witness_LogWithNewEpochs_LearnsTheirKeysFromTheLog()
    {
        await PrepareAsync();
        (RunningCommand witness, string address) = await StartAsync();
        await _folder.AppendAsync(1, "one");
        await AskAsync(0, "one", address);
        AuditLogOptions brief = new() { EpochLifetime = TimeSpan.FromMilliseconds(300) };
        for (int i = 0; i < 3; i++)
        {
            await Task.Delay(400, TestContext.Current.CancellationToken);
            await _folder.AppendAsync(2, "one", options: brief);
        }

        Assert.True(File.Exists(_folder.Layout("one").Epoch(3)), "the log has no third epoch");
        await AskAsync(0, "one", address);
        await _folder.RunAsync(0, "verify", "one", "--witness", $"{Name}=w.pem.pub");
        await StopAsync(witness);
    }

    [Fact]
    public async Task AddCheckpoint_EachWrongRequest_HasItsStatus()
    {
        await PrepareAsync();
        await _folder.RunAsync(0, "init", "--log", "three", "--origin", "three");
        (RunningCommand witness, string address) = await StartAsync();
        await _folder.AppendAsync(3, "one");
        string note = await File.ReadAllTextAsync(_folder.Combine("one", "checkpoint"), TestContext.Current.CancellationToken);
        string unwatched = await File.ReadAllTextAsync(_folder.Combine("three", "checkpoint"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(address, "no request")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(address, $"old 4\n\n{note}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(address, $"old 0\n\n{unwatched}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(address, $"old 0\n\n{note.Replace("one\n3\n", "one\n4\n", StringComparison.Ordinal)}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(address, $"old 0\n{Convert.ToBase64String(new byte[32])}\n\n{note}")).Status);
        Assert.Equal((HttpStatusCode.Conflict, "text/x.tlog.size", "0\n"), await PostAsync(address, $"old 2\n\n{note}"));
        (HttpStatusCode status, _, string line) = await PostAsync(address, $"old 0\n\n{note}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Matches($"^— {Regex.Escape(Name)} [A-Za-z0-9+/=]+\n$", line);
        Assert.Equal((HttpStatusCode.Conflict, "text/x.tlog.size", "3\n"), await PostAsync(address, $"old 0\n\n{note}"));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(address, $"old 3\n\n{note}")).Status);
        await StopAsync(witness);
    }

    [Fact]
    public async Task Witness_KeyThatOthersMayRead_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are those of Unix");
        await PrepareAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Combine("w.pem"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        Assert.Contains("600 is expected", await _folder.RunAsync(3, [.. Line(), "--new"]), StringComparison.Ordinal);
        Assert.Contains("never replaced", await _folder.RunAsync(2, "witness", "--create-key", "--key", "w.pem", "--name", Name), StringComparison.Ordinal);
    }

    private static string[] Line() => ["witness", "--listen", "127.0.0.1:0", "--state", "state", "--key", "w.pem", "--name", Name, "--log", "one=one.pub", "--log", "two=two.pub"];

    private async Task PrepareAsync()
    {
        foreach (string log in new[] { "one", "two" })
        {
            await _folder.RunAsync(0, "init", "--log", log, "--origin", log);
            await _folder.RunAsync(0, "key", "--log", log, "--output", $"{log}.pub");
        }

        await _folder.RunAsync(0, "witness", "--create-key", "--key", "w.pem", "--name", Name);
    }

    private async Task<(RunningCommand Witness, string Address)> StartAsync()
    {
        RunningCommand witness = _folder.Start([.. Line(), .. Directory.Exists(_folder.Combine("state")) ? Array.Empty<string>() : ["--new"]]);
        await witness.WaitForTextAsync("watching one, two", TestContext.Current.CancellationToken);
        return (witness, Listening().Match(witness.Output).Groups["address"].Value);
    }

    private static async Task StopAsync(RunningCommand witness)
    {
        await using (witness)
        {
            await witness.SignalAsync("INT", TestContext.Current.CancellationToken);
            CommandResult result = await witness.WaitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        }
    }

    private Task<string> AskAsync(int exitCode, string log, string address) =>
        _folder.RunAsync(exitCode, "checkpoint", "--log", log, "--witness", address, "--witness-key", $"{Name}=w.pem.pub");

    private async Task<(HttpStatusCode Status, string? Type, string Text)> PostAsync(string address, string body)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        using HttpResponseMessage response = await _http.PostAsync(new Uri($"{address}/add-checkpoint"), content, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [GeneratedRegex("listening on (?<address>http://[0-9.:]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}

using Tars.TestKit;
using Xunit;

namespace Tars.Repository.Tests.TestKit;

public sealed class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_InputArgumentsAndEnvironment_ReachTheProgram()
    {
        CommandLine command = new("sh", "-c", "cat; printf '%s' \"$1$WORD\" >&2; exit 3", "sh", "a b ")
        {
            Input = "in ☃",
            Environment = new Dictionary<string, string?> { ["WORD"] = "c" },
        };
        Assert.Equal(new CommandResult(3, "in ☃", "a b c"), await command.RunAsync(Cancellation));
    }

    [Fact]
    public async Task Run_TooLong_IsKilledAndSaysWhatWasWritten()
    {
        CommandLine command = new("sh", "-c", "echo begun; sleep 60") { Timeout = TimeSpan.FromSeconds(1) };
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => command.RunAsync(Cancellation));
        Assert.Contains("begun", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_Interrupt_IsSeenByTheProgram()
    {
        CommandLine command = new("sh", "-c", "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.05; done");
        await using RunningCommand running = command.Start();
        await running.WaitForTextAsync("ready", Cancellation);
        await running.SignalAsync("INT", Cancellation);
        Assert.Equal(new CommandResult(9, "ready\ncaught\n", string.Empty), await running.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Dispose_RunningWithChildren_EndsThemAll()
    {
        CommandLine command = new("sh", "-c", "sleep 300 & echo $!; wait");
        RunningCommand running = command.Start();
        await running.WaitForTextAsync("\n", Cancellation);
        string child = running.Output.Trim();
        await running.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{running.Id}"));
        for (int attempt = 0; attempt < 100 && IsAlive(child); attempt++)
        {
            await Task.Delay(20, Cancellation);
        }

        Assert.False(IsAlive(child));
    }

    // An orphan stays a zombie (state Z) until its new parent collects it, which in a container may be never.
    private static bool IsAlive(string id) =>
        Directory.Exists($"/proc/{id}") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
}

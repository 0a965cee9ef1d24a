using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Audit;

/// <summary>A folder in which <c>tars audit</c> runs as a user runs it; events are appended as the product appends them.</summary>
internal sealed class AuditedFolder : IDisposable
{
    public const string Ada = "ada@example.org";

    private readonly TemporaryDirectory _folder = new();

    public string Combine(params string[] parts) => _folder.Combine(parts);

    public LogLayout Layout(string log = "audit") => new(_folder.Combine(log));

    public async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, ["audit", .. arguments]);
        Assert.True(result.ExitCode == exitCode, $"tars audit {string.Join(' ', arguments)}: exit {result.ExitCode}, not {exitCode}\n{result.Output}{result.Error}");
        return result.Output + result.Error;
    }

    /// <summary>The JSON that a command writes.</summary>
    public async Task<JsonNode> JsonAsync(int exitCode, params string[] arguments)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, ["audit", .. arguments, "-o", "json"]);
        Assert.True(result.ExitCode == exitCode, $"tars audit {string.Join(' ', arguments)}: exit {result.ExitCode}, not {exitCode}\n{result.Output}{result.Error}");
        return JsonNode.Parse(result.Output)!;
    }

    public RunningCommand Start(params string[] arguments) => TarsProgram.Command(_folder.Path, ["audit", .. arguments]).Start();

    public Task<CommandResult> ProgramAsync(string program, params string[] arguments) =>
        new TestKit.CommandLine(program, arguments) { WorkingDirectory = _folder.Path }.RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Appends events by Ada, with the outcomes in turn.</summary>
    public async Task AppendAsync(int count, string log = "audit", TimeProvider? time = null, AuditLogOptions? options = null)
    {
        time ??= TimeProvider.System;
        using SubjectKeys subjects = SubjectKeys.Open(_folder.Combine(log + ".subjects"), time);
        await using AuditLog open = AuditLog.Open(_folder.Combine(log), (options ?? new AuditLogOptions()) with { Subjects = subjects }, time);
        for (int i = 0; i < count; i++)
        {
            await open.AppendAsync(Event(i), TestContext.Current.CancellationToken);
        }
    }

    public static AuditEvent Event(int number) => new()
    {
        Type = "report.read",
        Outcome = number % 2 == 0 ? AuditOutcome.Success : AuditOutcome.Denied,
        Actor = number % 3 == 2 ? new AuditActor.Program("schedule:weekly") : new AuditActor.Person(Ada, "192.0.2.1"),
        Resource = string.Create(CultureInfo.InvariantCulture, $"report:{number}"),
        Standard = "soc2",
        Control = "CC7.2",
    };

    public void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(_folder.Combine(from), "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_folder.Combine(to), Path.GetRelativePath(_folder.Combine(from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>A clock that stands still at some day in the past; its timers run.</summary>
internal sealed class PastTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

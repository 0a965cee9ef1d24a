using System.Diagnostics;

namespace Tars.TestKit;

/// <summary>What a finished program left: its exit code and everything it wrote.</summary>
/// <param name="ExitCode">The exit code; 128 + n when signal n ended it.</param>
/// <param name="Output">Standard output, as UTF-8 text.</param>
/// <param name="Error">Standard error, as UTF-8 text.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>Runs a program with exact arguments (no shell) and returns what it wrote.</summary>
public sealed record CommandLine(string Program, params string[] Arguments)
{
    private const string Env = "/usr/bin/env";

    /// <summary>The working directory; null is the current one.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables set on top of the inherited environment; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Text given on standard input, which is closed after it. Null closes it at once.</summary>
    public string? Input { get; init; }

    /// <summary>After this the program and its children are killed and the run fails. Default two minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="TimeoutException">The program did not end in time; the message holds what it wrote.</exception>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken = default)
    {
        await using RunningCommand running = Start();
        return await running.WaitAsync(cancellationToken);
    }

    /// <summary>Starts the program and returns while it runs, for tests that signal or kill it.</summary>
    public RunningCommand Start()
    {
        // A shell that runs tests in the background makes them ignore SIGINT, and children inherit that: env puts the default back and
        // becomes the program, under the same process id.
        bool resets = OperatingSystem.IsLinux() && File.Exists(Env);
        ProcessStartInfo start = new(resets ? Env : Program, resets ? ["--default-signal=INT", Program, .. Arguments] : Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = WorkingDirectory ?? string.Empty,
        };
        foreach ((string name, string? value) in Environment)
        {
            start.Environment[name] = value;
        }

        return new RunningCommand(this, Process.Start(start)!);
    }

    /// <summary>The command as a person would type it, for messages.</summary>
    public override string ToString() => string.Join(' ', [Program, .. Arguments]);
}

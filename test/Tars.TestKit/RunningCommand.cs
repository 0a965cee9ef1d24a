using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tars.TestKit;

/// <summary>A program on its way. Disposal kills it with its children.</summary>
public sealed class RunningCommand : IAsyncDisposable
{
    private readonly CommandLine _command;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    internal RunningCommand(CommandLine command, Process process)
    {
        _command = command;
        _process = process;
        ChildProcesses.Add(process);
        _reading = Task.WhenAll(CopyAsync(process.StandardOutput, _output), CopyAsync(process.StandardError, _error), FeedAsync());
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>Standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>Waits for the end, at most the command's timeout.</summary>
    /// <exception cref="TimeoutException">It did not end in time and was killed.</exception>
    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_command.Timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _reading.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await DisposeAsync();
            throw new TimeoutException($"`{_command}` did not end within {_command.Timeout}\nstdout:\n{Output}\nstderr:\n{Error}");
        }

        return new CommandResult(_process.ExitCode, Output, Error);
    }

    /// <summary>Waits until standard output or standard error contains <paramref name="text"/>.</summary>
    /// <exception cref="TimeoutException">The program ended, or the timeout passed, without it.</exception>
    public async Task WaitForTextAsync(string text, CancellationToken cancellationToken = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal) && !Error.Contains(text, StringComparison.Ordinal))
        {
            if (_reading.IsCompleted || watch.Elapsed > _command.Timeout)
            {
                throw new TimeoutException($"`{_command}` never wrote \"{text}\"\nstdout:\n{Output}\nstderr:\n{Error}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Sends a signal by name (<c>INT</c>, <c>TERM</c>, <c>KILL</c>, <c>STOP</c> …) to this process only.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken = default)
    {
        string id = _process.Id.ToString(CultureInfo.InvariantCulture);
        using Process kill = Process.Start("kill", ["-s", signal, id]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Kills the process with its children, if it still runs, and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await ChildProcesses.KillAsync(_process);
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private static async Task CopyAsync(StreamReader reader, StringBuilder text)
    {
        char[] buffer = new char[4096];
        for (int read = await reader.ReadAsync(buffer); read > 0; read = await reader.ReadAsync(buffer))
        {
            lock (text)
            {
                text.Append(buffer, 0, read);
            }
        }
    }

    private async Task FeedAsync()
    {
        try
        {
            await using StreamWriter input = _process.StandardInput;
            await input.WriteAsync(_command.Input ?? string.Empty);
        }
        catch (IOException)
        {
            // The program ended without reading its input: its own choice, seen in the exit code.
        }
    }
}

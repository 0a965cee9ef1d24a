using System.CommandLine;

namespace Tars.Cli.CommandLine;

/// <summary>A command that a schedule runs inside this process: the same lines, under a given run id, speaking into texts of its own.</summary>
internal sealed class ScheduledInvocation : InvocationConfiguration, IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    /// <summary>Prepares it.</summary>
    /// <param name="runId">The id of its run.</param>
    public ScheduledInvocation(Guid runId)
    {
        RunId = runId;
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = null; // the host hears the signals, and says when to stop
        (Output, Error) = (_output, _error);
    }

    /// <summary>The id of its run, in the audit log.</summary>
    public Guid RunId { get; }

    /// <summary>What it wrote to standard output so far.</summary>
    public string Written => _output.ToString();

    /// <summary>What it wrote to standard error so far.</summary>
    public string Said => _error.ToString();

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }
}

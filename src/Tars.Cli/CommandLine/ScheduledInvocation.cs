using System.CommandLine;

namespace Tars.Cli.CommandLine;

/// <summary>A command that a schedule runs inside this process: the same lines, under a given run id, speaking into texts of its own.</summary>
internal sealed class ScheduledInvocation : InvocationConfiguration, IDisposable
{
    private readonly StringWriter? _said;

    /// <summary>Prepares it.</summary>
    /// <param name="runId">The id of its run.</param>
    /// <param name="isShown">Whether it speaks to the process's own console.</param>
    public ScheduledInvocation(Guid runId, bool isShown)
    {
        (RunId, IsShown) = (runId, isShown);
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = null; // the host hears the signals, and says when to stop
        if (!isShown)
        {
            _said = new StringWriter();
            (Output, Error) = (TextWriter.Null, _said);
        }
    }

    /// <summary>The id of its run, in the audit log and in the store.</summary>
    public Guid RunId { get; }

    /// <summary>Whether it speaks to the process's own console.</summary>
    public bool IsShown { get; }

    /// <summary>What it wrote to standard error so far; nothing when it is shown.</summary>
    public string Said => _said?.ToString() ?? string.Empty;

    /// <inheritdoc/>
    public void Dispose() => _said?.Dispose();
}

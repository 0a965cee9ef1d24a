using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tars.TestKit;

/// <summary>Remembers each started process, so that none outlives the test run: what is left is killed by its id at exit.</summary>
internal static class ChildProcesses
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    static ChildProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    internal static void Add(Process process) => Running[process.Id] = process;

    internal static async Task KillAsync(Process process)
    {
        int id = process.Id;
        Kill(process);
        await process.WaitForExitAsync();
        Running.TryRemove(id, out _);
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the kill.
        }
    }

    private static void KillAll()
    {
        foreach (Process process in Running.Values)
        {
            Kill(process);
        }
    }
}

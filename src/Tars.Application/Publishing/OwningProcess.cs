using System.Diagnostics;
using System.Globalization;

namespace Tars.Application.Publishing;

/// <summary>
/// The process that has a lease, named so that another one on the same machine can tell that it has died, and need not wait until the lease runs out: its number, when it
/// started, and the space in which both mean something (this start of the machine, its namespaces of processes and of time). Linux alone tells these; elsewhere a
/// lease has to run out.
/// </summary>
/// <param name="Machine">The machine's name, for a person.</param>
/// <param name="Id">The process id.</param>
/// <param name="Started">When it started, in ticks since the machine did.</param>
/// <param name="Space">Where the id means something; empty where nobody can tell.</param>
internal sealed record OwningProcess(string Machine, int Id, long Started, string Space)
{
    // Fields of /proc/PID/stat after the name in parentheses, proc_pid_stat(5).
    private const int StateField = 0;
    private const int ThreadsField = 17;
    private const int StartField = 19;

    /// <summary>This process.</summary>
    public static OwningProcess Current { get; } = OfThisProcess();

    /// <summary>The process that an owner of a lease names; null when it names none, as those of older programs do.</summary>
    public static OwningProcess? Parse(string? owner) =>
        owner?.Split('/') is [.. var machine, var id, var started, var space] && machine.Length > 0 && space.Length > 0
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && long.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out long since)
            ? new OwningProcess(string.Join('/', machine), process, since, space)
            : null;

    /// <summary>The owner of a lease: <c>machine/id</c>, and where it can be told, <c>machine/id/started/space</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Machine}/{Id}{(Space.Length == 0 ? string.Empty : $"/{Started}/{Space}")}");

    /// <summary>Whether it is certain that it no longer runs. False where nobody here can tell.</summary>
    public bool IsDead()
    {
        if (Space.Length == 0 || Space != Current.Space)
        {
            return false;
        }

        return StatOf(Id) is { } stat
            ? long.Parse(stat[StartField], CultureInfo.InvariantCulture) != Started || (stat[StateField] is "Z" or "X" && stat[ThreadsField] is "0" or "1")
            : !IsThere(Id);
    }

    private static OwningProcess OfThisProcess()
    {
        string? space = OperatingSystem.IsLinux() ? SpaceOfThisProcess() : null;
        return space is not null && StatOf(Environment.ProcessId) is { } stat
            ? new OwningProcess(Environment.MachineName, Environment.ProcessId, long.Parse(stat[StartField], CultureInfo.InvariantCulture), space)
            : new OwningProcess(Environment.MachineName, Environment.ProcessId, 0, string.Empty);
    }

    private static string? SpaceOfThisProcess()
    {
        try
        {
            string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return NumberOf("/proc/self/ns/pid") is { } processes && NumberOf("/proc/self/ns/time") is { } times ? $"{boot}.{processes}.{times}" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Such as pid:[4026531836].
    private static string? NumberOf(string link) => new FileInfo(link).LinkTarget is { } target ? string.Concat(target.Where(char.IsAsciiDigit)) : null;

    private static string[]? StatOf(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is { Length: > StartField } fields ? fields : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended, or is hidden from this user
        }
    }

    // The system's own answer, which knows hidden processes too.
    private static bool IsThere(int process)
    {
        try
        {
            using Process there = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

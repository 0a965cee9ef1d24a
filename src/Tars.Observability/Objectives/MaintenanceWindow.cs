using Tars.Observability.TimeSeries;

namespace Tars.Observability.Objectives;

/// <summary>
/// Announced maintenance. Steps inside do not count for or against an objective and raise no incident; they are shown, with what
/// happened in them, and the time they take out is stated.
/// </summary>
/// <param name="Window">When.</param>
/// <param name="Services">Which services; empty means all.</param>
/// <param name="Reason">Why, as the operator wrote it.</param>
public sealed record MaintenanceWindow(TimeWindow Window, IReadOnlyList<string> Services, string Reason)
{
    /// <summary>Whether the window concerns a service.</summary>
    public bool Concerns(string service) => Services.Count == 0 || Services.Contains(service);

    /// <summary>For each step of a grid, whether it lies, at least in part, in maintenance of a service.</summary>
    public static bool[] StepsOf(IEnumerable<MaintenanceWindow> windows, string service, TimeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(windows);
        bool[] inside = new bool[grid.Count];
        foreach (MaintenanceWindow window in windows.Where(window => window.Concerns(service)))
        {
            int from = Math.Clamp(grid.IndexOf(window.Window.From), 0, grid.Count);
            int to = Math.Clamp((int)Math.Ceiling((window.Window.To - grid.Start).Ticks / (double)grid.Step.Ticks), from, grid.Count);
            inside.AsSpan(from, to - from).Fill(true);
        }

        return inside;
    }
}

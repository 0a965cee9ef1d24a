using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Objectives;

/// <summary>
/// The steps of a window that count for a service: those of the grid that begin inside the window, without announced maintenance.
/// Windows that follow each other share no step and leave none out, so what is summed over days adds up to the week.
/// </summary>
public sealed class AnalysedSteps
{
    private readonly bool[]? _maintenance;

    private AnalysedSteps(TimeGrid grid, TimeWindow window, bool[]? maintenance)
    {
        Grid = grid;
        (From, int length) = grid.RangeOf(window).GetOffsetAndLength(grid.Count);
        To = From + length;
        Window = window;
        _maintenance = maintenance;
        Count = length;
        for (int i = From; maintenance is not null && i < To; i++)
        {
            Count -= maintenance[i] ? 1 : 0;
        }
    }

    /// <summary>The grid whose steps are counted.</summary>
    public TimeGrid Grid { get; }

    /// <summary>The window.</summary>
    public TimeWindow Window { get; }

    /// <summary>First step of the window.</summary>
    public int From { get; }

    /// <summary>First step after the window.</summary>
    public int To { get; }

    /// <summary>Steps that count, maintenance left out; zero when all of the window is maintenance.</summary>
    public int Count { get; }

    /// <summary>Time of the window that maintenance takes out, a whole number of steps.</summary>
    public TimeSpan Excluded => (To - From - Count) * Grid.Step;

    /// <summary>The steps that count for a service.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="window">A window that shares at least one step with the grid.</param>
    /// <param name="maintenance">Announced maintenance.</param>
    /// <param name="service">The service.</param>
    /// <exception cref="ArgumentException">No step of the grid begins in the window.</exception>
    public static AnalysedSteps Of(TimeGrid grid, TimeWindow window, IReadOnlyList<MaintenanceWindow> maintenance, string service)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        (_, int length) = grid.RangeOf(window).GetOffsetAndLength(grid.Count);
        if (length == 0)
        {
            throw new ArgumentException($"no step of {grid.Window} begins in {window}", nameof(window));
        }

        bool[]? inside = maintenance.Any(m => m.Concerns(service) && m.Window.Overlaps(grid.Window))
            ? MaintenanceWindow.StepsOf(maintenance, service, grid)
            : null;
        return new AnalysedSteps(grid, window, inside);
    }

    /// <summary>The same exceptions over another window of the same grid.</summary>
    /// <exception cref="ArgumentException">No step of the grid begins in the window.</exception>
    public AnalysedSteps In(TimeWindow window)
    {
        (_, int length) = Grid.RangeOf(window).GetOffsetAndLength(Grid.Count);
        return length > 0
            ? new AnalysedSteps(Grid, window, _maintenance)
            : throw new ArgumentException($"no step of {Grid.Window} begins in {window}", nameof(window));
    }

    /// <summary>Whether a step lies in the window and not in maintenance.</summary>
    public bool Contains(int step) => step >= From && step < To && _maintenance?[step] != true;

    /// <summary>Sum of a value per step; NaN when any of them is.</summary>
    /// <param name="values">One value per step of the grid.</param>
    public double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (int i = From; i < To; i++)
        {
            sum += _maintenance?[i] == true ? 0 : values[i];
        }

        return sum;
    }

    /// <summary>The sum of increases, gaps bridged.</summary>
    public double Sum(CounterSteps counter)
    {
        ArgumentNullException.ThrowIfNull(counter);
        return Sum(counter.Increase);
    }

    /// <summary>The mean measured share of the steps that count; zero when none counts or nothing was there.</summary>
    public Ratio Coverage(StepPresence? presence)
    {
        double sum = 0;
        for (int i = From; presence is not null && i < To; i++)
        {
            sum += _maintenance?[i] == true ? 0 : presence.ShareAt(i);
        }

        return new Ratio(Count == 0 ? 0 : Math.Clamp(sum / Count, 0, 1));
    }
}

using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>
/// The blocks of a grid: whole multiples of the block length since the epoch, so that the same time of day is the same block of every
/// day. Steps at the edges that fill no whole block are left out.
/// </summary>
internal sealed class BlockGrid
{
    private readonly int[] _slots;

    /// <summary>Cuts a grid into blocks.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="length">Length of a block, a whole number of steps.</param>
    /// <param name="zone">The zone whose clock and weekends count.</param>
    public BlockGrid(TimeGrid grid, TimeSpan length, TimeZoneInfo zone)
    {
        Grid = grid;
        Length = length;
        StepsPerBlock = checked((int)(length.Ticks / grid.Step.Ticks));
        DateTimeOffset aligned = Instants.AlignDown(grid.Start, length);
        Start = aligned < grid.Start ? aligned + length : aligned;
        FirstStep = grid.IndexOf(Start);
        Count = Math.Max(0, (grid.Count - FirstStep) / StepsPerBlock);
        _slots = new int[Count];
        int perDay = (int)(TimeSpan.TicksPerDay / length.Ticks);
        for (int b = 0; b < Count; b++)
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(TimeOf(b), zone);
            bool weekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            _slots[b] = (int)(local.TimeOfDay.Ticks / length.Ticks) + (weekend ? perDay : 0);
        }

        SlotCount = 2 * perDay;
    }

    /// <summary>The grid.</summary>
    public TimeGrid Grid { get; }

    /// <summary>Length of a block.</summary>
    public TimeSpan Length { get; }

    /// <summary>Steps in a block.</summary>
    public int StepsPerBlock { get; }

    /// <summary>Start of block 0, UTC.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Index of the first step of block 0.</summary>
    public int FirstStep { get; }

    /// <summary>Number of blocks.</summary>
    public int Count { get; }

    /// <summary>Number of times of day, those of weekdays first, then those of weekend days.</summary>
    public int SlotCount { get; }

    /// <summary>The time of day, and whether weekday or weekend, of a block: in [0, SlotCount).</summary>
    public int SlotOf(int block) => _slots[block];

    /// <summary>Start of a block, UTC.</summary>
    public DateTimeOffset TimeOf(int block) => Start + (block * Length);

    /// <summary>The steps of a block.</summary>
    public Range StepsOf(int block)
    {
        int from = FirstStep + (block * StepsPerBlock);
        return from..(from + StepsPerBlock);
    }

    /// <summary>The blocks that lie wholly in a window.</summary>
    public Range BlocksIn(TimeWindow window)
    {
        int from = (int)Math.Clamp(Math.Ceiling((window.From - Start) / Length), 0, Count);
        int to = (int)Math.Clamp(Math.Floor((window.To - Start) / Length), from, Count);
        return from..to;
    }
}

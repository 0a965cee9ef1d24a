using Tars.Observability.TimeSeries;

namespace Tars.Observability.Anomalies;

/// <summary>Local time of the coarse bins (an hour, or a step where that is longer) of a grid; shared by all its courses.</summary>
internal sealed class Calendar
{
    private const int WeekdayHarmonics = 4;
    private const int WeekendHarmonics = 2;
    private readonly double[] _timeOfDay;

    /// <summary>Creates the calendar of a grid.</summary>
    public Calendar(TimeGrid grid, TimeZoneInfo zone)
    {
        Grid = grid;
        StepsPerBin = Math.Max(1, (int)Math.Round(TimeSpan.FromHours(1) / grid.Step));
        BinCount = (grid.Count + StepsPerBin - 1) / StepsPerBin;
        BinsPerDay = Math.Max(1, (int)Math.Round(TimeSpan.FromDays(1) / (StepsPerBin * grid.Step)));
        _timeOfDay = new double[grid.Count];
        DayOf = new int[grid.Count];
        IsWeekend = new bool[grid.Count];
        DateTime first = default;
        for (int i = 0; i < grid.Count; i++)
        {
            DateTime local = TimeZoneInfo.ConvertTime(grid.TimeOf(i), zone).DateTime;
            first = i == 0 ? local.Date : first;
            _timeOfDay[i] = local.TimeOfDay / TimeSpan.FromDays(1);
            DayOf[i] = Math.Max(0, (local.Date - first).Days);
            IsWeekend[i] = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        }

        DayCount = DayOf[^1] + 1;
        double days = grid.Window.Duration / TimeSpan.FromDays(1);
        bool[] weekendDays = new bool[DayCount];
        for (int i = 0; i < grid.Count; i++)
        {
            weekendDays[DayOf[i]] = IsWeekend[i];
        }

        int weekends = weekendDays.Count(day => day);
        Baseline = days < 3 || BinsPerDay < 4 ? BaselineKind.LocalLevel
            : weekends >= 2 && DayCount - weekends >= 3 ? BaselineKind.WeekdayAndWeekend
            : BaselineKind.TimeOfDay;
        ColumnCount = Baseline switch
        {
            BaselineKind.LocalLevel => 1,
            BaselineKind.TimeOfDay => 1 + (2 * WeekdayHarmonics),
            _ => 2 + (2 * WeekdayHarmonics) + (2 * WeekendHarmonics),
        };
    }

    /// <summary>The steps.</summary>
    public TimeGrid Grid { get; }

    /// <summary>Steps in a coarse bin.</summary>
    public int StepsPerBin { get; }

    /// <summary>Number of coarse bins; the last may be shorter.</summary>
    public int BinCount { get; }

    /// <summary>Coarse bins in a day.</summary>
    public int BinsPerDay { get; }

    /// <summary>Index of the local day of each step.</summary>
    public int[] DayOf { get; }

    /// <summary>Number of local days touched.</summary>
    public int DayCount { get; }

    /// <summary>Whether each step lies on a Saturday or Sunday.</summary>
    public bool[] IsWeekend { get; }

    /// <summary>What the amount of history allows.</summary>
    public BaselineKind Baseline { get; }

    /// <summary>Number of seasonal terms, the constant included.</summary>
    public int ColumnCount { get; }

    /// <summary>The step in the middle of a coarse bin.</summary>
    public int MiddleOf(int bin) => Math.Min((bin * StepsPerBin) + (StepsPerBin / 2), Grid.Count - 1);

    /// <summary>Quarter of an hour of the day of a step, in [0, 96).</summary>
    public int QuarterOf(int step) => Math.Min(95, (int)(_timeOfDay[step] * 96));

    /// <summary>Writes the seasonal terms of a step: constant, harmonics of the day, weekend, harmonics of the weekend's difference.</summary>
    public void Terms(int step, Span<double> terms)
    {
        terms[0] = 1;
        if (Baseline == BaselineKind.LocalLevel)
        {
            return;
        }

        (double sin1, double cos1) = Math.SinCos(2 * Math.PI * _timeOfDay[step]);
        double sin = 0;
        double cos = 1;
        double weekend = IsWeekend[step] ? 1 : 0;
        int weekendAt = 1 + (2 * WeekdayHarmonics);
        if (Baseline == BaselineKind.WeekdayAndWeekend)
        {
            terms[weekendAt] = weekend;
        }

        for (int k = 0; k < WeekdayHarmonics; k++)
        {
            (sin, cos) = ((sin * cos1) + (cos * sin1), (cos * cos1) - (sin * sin1));
            terms[1 + (2 * k)] = cos;
            terms[2 + (2 * k)] = sin;
            if (Baseline == BaselineKind.WeekdayAndWeekend && k < WeekendHarmonics)
            {
                terms[weekendAt + 1 + (2 * k)] = weekend * cos;
                terms[weekendAt + 2 + (2 * k)] = weekend * sin;
            }
        }
    }
}

using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>The expected course of a service's traffic in a region, relative to its mean: a day's shape, a week's shape, and how days differ.</summary>
internal static class TrafficSeason
{
    private const int Day = 24 * 60;

    /// <summary>One factor per minute, around 1.</summary>
    public static double[] Of(ulong seed, ServiceProfile profile, string region, DateTimeOffset start, int minutes)
    {
        RandomStream random = new(seed, $"season/{profile.Name}/{region}");
        double peak = ServiceProfile.PeakHour(region) + random.Uniform(-1, 1);
        double second = random.Uniform(0.05, 0.2);
        double[] daily = new double[Day];
        for (int minute = 0; minute < Day; minute++)
        {
            double turn = ((minute / 60.0) - peak) / 24;
            daily[minute] = PortableMath.Exp(
                (profile.DailySwing * PortableMath.CosineOfTurns(turn)) + (second * PortableMath.CosineOfTurns((2 * turn) + 0.15))
                - (profile.DailySwing * profile.DailySwing / 4));
        }

        double[] levels = Levels(random, profile, start, (minutes / Day) + 3);
        double[] factors = new double[minutes];
        int offset = (start.Hour * 60) + start.Minute;
        for (int k = 0; k < minutes; k++)
        {
            int minute = offset + k;
            int day = minute / Day;
            factors[k] = daily[minute % Day] * Between(levels, day, minute % Day);
        }

        return factors;
    }

    private static double[] Levels(RandomStream random, ServiceProfile profile, DateTimeOffset start, int days)
    {
        Autoregression fromDayToDay = new(random, 0.4, 0.02);
        double[] levels = new double[days];
        for (int day = 0; day < days; day++)
        {
            DayOfWeek weekday = start.AddDays(day - 1).DayOfWeek;
            double week = weekday is DayOfWeek.Saturday or DayOfWeek.Sunday ? profile.Weekend : weekday == DayOfWeek.Friday ? 1.04 : 1;
            levels[day] = week * (1 + fromDayToDay.Next());
        }

        return levels;
    }

    /// <summary>The level of a day (index 0 is the day before the first), gliding into its neighbours within two hours of midnight.</summary>
    private static double Between(double[] levels, int day, int minute)
    {
        double level = levels[day + 1];
        return minute < 120 ? level + ((levels[day] - level) * (0.5 - (minute / 240.0)))
            : minute >= Day - 120 ? level + ((levels[day + 2] - level) * (0.5 - ((Day - minute) / 240.0)))
            : level;
    }
}

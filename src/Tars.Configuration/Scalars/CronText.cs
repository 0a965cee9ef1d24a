using System.Globalization;

namespace Tars.Configuration.Scalars;

/// <summary>Schedules as in <c>crontab(5)</c>: five fields of numbers, ranges, lists and steps; months and weekdays by their English names too.</summary>
public static class CronText
{
    private const int DayOfMonth = 2;
    private const int Month = 3;
    private const int DayOfWeek = 4;
    private const int LeapYear = 2024;

    private static readonly (string Name, int Least, int Most, string[] Words)[] Fields =
    [
        ("minute", 0, 59, []),
        ("hour", 0, 23, []),
        ("day of month", 1, 31, []),
        ("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        ("day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    /// <summary>Returns why <paramref name="text"/> is no schedule, or null when it is one.</summary>
    /// <param name="text">Such as <c>*/15 8-18 * * MON-FRI</c>; weekdays are 0 to 7, both ends Sunday.</param>
    public static string? Refuse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] fields = text.Length > 200 ? [] : text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != Fields.Length)
        {
            return $"it has {fields.Length} fields";
        }

        for (int i = 0; i < fields.Length; i++)
        {
            foreach (string part in fields[i].Split(','))
            {
                if (!IsPart(part, i))
                {
                    (string name, int least, int most, _) = Fields[i];
                    return string.Create(CultureInfo.InvariantCulture, $"{part} is no {name} ({least} to {most}, a-b, */n)");
                }
            }
        }

        return NeverComes(fields) ? $"it never comes: no month of {fields[Month]} has a day {fields[DayOfMonth]}" : null;
    }

    // With a weekday, a schedule comes on that weekday too, whatever the day of the month.
    private static bool NeverComes(string[] fields) =>
        fields[DayOfWeek] == "*" && ValuesOf(fields[Month], Month).All(month => ValuesOf(fields[DayOfMonth], DayOfMonth).All(day => day > DateTime.DaysInMonth(LeapYear, month)));

    private static IEnumerable<int> ValuesOf(string text, int field)
    {
        (_, int least, int most, _) = Fields[field];
        foreach (string part in text.Split(','))
        {
            string[] stepped = part.Split('/');
            string[] ends = stepped[0] == "*" ? [] : stepped[0].Split('-');
            int from = ends.Length > 0 && TryValue(ends[0], field, out int first) ? first : least;
            int to = ends.Length == 0 ? most : TryValue(ends[^1], field, out int last) ? last : from;
            int step = stepped.Length == 2 && TryNumber(stepped[1], out int given) ? given : 1;
            for (int value = from; value <= to; value += step)
            {
                yield return value;
            }
        }
    }

    private static bool IsPart(string part, int field)
    {
        string[] stepped = part.Split('/');
        if (stepped.Length > 2 || (stepped.Length == 2 && !(TryNumber(stepped[1], out int step) && step > 0 && step <= Fields[field].Most)))
        {
            return false;
        }

        if (stepped[0] == "*")
        {
            return true;
        }

        string[] ends = stepped[0].Split('-');
        return ends.Length switch
        {
            1 => stepped.Length == 1 && TryValue(ends[0], field, out _),
            2 => TryValue(ends[0], field, out int from) && TryValue(ends[1], field, out int to) && from <= to,
            _ => false,
        };
    }

    private static bool TryValue(string text, int field, out int value)
    {
        (_, int least, int most, string[] words) = Fields[field];
        int word = Array.FindIndex(words, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = word >= 0 ? word + least : -1;
        return word >= 0 || (TryNumber(text, out value) && value >= least && value <= most);
    }

    private static bool TryNumber(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

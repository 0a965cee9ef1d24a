using System.Globalization;

namespace Tars.Application.Tests.Schedules;

/// <summary>
/// crontab(5) as slowly and obviously as possible: every minute of universal time is asked whether its local reading is one of the expression's. Apart from that only two rules:
/// a reading that clocks skip counts at the minute at which they go forward, and a reading that comes twice counts at its first minute, unless minute or hour say how often.
/// </summary>
internal sealed class SlowCron(string cron, TimeZoneInfo zone)
{
    private readonly string[] _fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public List<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset until)
    {
        List<DateTimeOffset> instants = [];
        for (DateTimeOffset at = Floor(after).AddMinutes(1); at <= until; at = at.AddMinutes(1))
        {
            DateTime local = Local(at);
            DateTime before = Local(at.AddMinutes(-1));
            bool matches = Matches(local) && (SaysHowOften || !IsSecondReading(at, local));
            for (DateTime skipped = before.AddMinutes(1); skipped < local; skipped = skipped.AddMinutes(1))
            {
                matches |= Matches(skipped);
            }

            if (matches)
            {
                instants.Add(at);
            }
        }

        return instants;
    }

    private bool SaysHowOften => (_fields[0] + _fields[1]).AsSpan().IndexOfAny("*/-") >= 0;

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    private bool IsSecondReading(DateTimeOffset at, DateTime local) => Enumerable.Range(1, 180).Any(minutes => Local(at.AddMinutes(-minutes)) == local);

    private bool Matches(DateTime local)
    {
        bool day = Has(2, local.Day, []);
        bool weekday = Has(4, (int)local.DayOfWeek, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]) || (local.DayOfWeek == DayOfWeek.Sunday && Has(4, 7, []));
        bool days = (_fields[2], _fields[4]) switch
        {
            ("*", "*") => true,
            ("*", _) => weekday,
            (_, "*") => day,
            _ => day || weekday,
        };
        return days && Has(0, local.Minute, []) && Has(1, local.Hour, []) && Has(3, local.Month, []);
    }

    private bool Has(int field, int value, string[] words) => _fields[field].Split(',').Any(part =>
    {
        string[] stepped = part.Split('/');
        int step = stepped.Length == 2 ? int.Parse(stepped[1], CultureInfo.InvariantCulture) : 1;
        string[] ends = stepped[0] == "*" ? [field is 2 or 3 ? "1" : "0", field == 4 ? "6" : "59"] : stepped[0].Split('-');
        (int from, int to) = (Number(ends[0], words), Number(ends[^1], words));
        return value >= from && value <= to && (value - from) % step == 0;
    });

    private static int Number(string text, string[] words) => Array.IndexOf(words, text) is var at && at >= 0 ? at : int.Parse(text, CultureInfo.InvariantCulture);
}

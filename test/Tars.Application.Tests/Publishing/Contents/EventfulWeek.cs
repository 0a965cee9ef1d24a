using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Application.Tests.Publishing.Contents;

/// <summary>
/// Ten days in steps of half an hour in which much happens: <c>shop</c> has an outage, a gap, an alert and maintenance and a release that doubles its memory; of
/// <c>pay</c> the backend refuses the requests; of <c>mail</c> there is nothing.
/// </summary>
internal static class EventfulWeek
{
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(30);

    public static readonly TimeWindow All = Hours(240);

    public static readonly TimeWindow Window = Hours(168, after: 72);

    public static readonly TimeWindow Day = Hours(24, after: 144);

    private static readonly DateTimeOffset Outage = Day.From.AddHours(9);
    private static readonly DateTimeOffset Gap = Day.From.AddHours(15);
    private static readonly DateTimeOffset Release = Day.From.AddHours(20);

    public static AnalysisSettings Settings { get; } = new(
        [AvailabilityObjective("shop", 0.999), AvailabilityObjective("pay", 0.99), AvailabilityObjective("mail", 0.99)],
        [new MaintenanceWindow(new TimeWindow(Day.From.AddHours(3), Day.From.AddHours(4)), [], "new disks")],
        [new Deployment("shop", Release, "2.0", "1.9", "configuration")],
        new Ratio(0.9),
        TimeZoneInfo.Utc,
        null,
        null);

    public static async Task<SeriesSet> CollectAsync()
    {
        RawSamples raw = new() { Refused = { "pay_requests_total" } };
        double good = 0;
        double bad = 0;
        for (int i = 0; i <= 480; i++)
        {
            DateTimeOffset time = Start + (i * Step);
            int hour = time.Hour;
            double requests = 2000 + (500 * Math.Sin(2 * Math.PI * ((time.Hour * 60) + time.Minute) / 1440)) + ((i * 37) % 41);
            double failed = time > Outage && time <= Outage.AddHours(1) ? requests * 0.8 : i % 7 == 0 ? 1 : 0;
            good += Math.Round(requests - failed);
            bad += Math.Round(failed);
            if (time > Gap && time <= Gap.AddHours(2))
            {
                continue;
            }

            raw.Add("http_requests_total", "job=\"shop\",code=\"200\"", time, good);
            raw.Add("http_requests_total", "job=\"shop\",code=\"500\"", time, bad);
            raw.Add("process_resident_memory_bytes", "job=\"shop\"", time, (time >= Release ? 2e9 : 1e9) + ((i * 53) % 17 * 1e6));
            raw.Add("pay_requests_total", "job=\"pay\",code=\"200\"", time, good);
            if (time > Outage && time <= Outage.AddHours(1))
            {
                raw.Add("ALERTS", "alertname=\"ShopDown\",alertstate=\"firing\",severity=\"critical\",service=\"shop\"", time, 1);
            }
        }

        IndicatorDefinition.Ratio refused = new(
            IndicatorNames.Availability, SelectorParser.Parse("pay_requests_total{code=~\"5..\"}"), RatioPart.Bad, SelectorParser.Parse("pay_requests_total"), true);
        return await raw.CollectAsync(All, Step, Step, alerts: true, Service("shop", Availability, Memory), Service("pay", refused), Service("mail", Availability));
    }
}

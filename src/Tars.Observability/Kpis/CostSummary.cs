using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>What the window cost by the configured prices. There is none without a price table.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Total">Sum of all lines; no data when any line has none, because a part is not the total.</param>
/// <param name="Lines">Quantity times price per service and item.</param>
/// <param name="NotPriced">What has no price or no indicator and is therefore not in the total.</param>
public sealed record CostSummary(string Currency, Figure Total, IReadOnlyList<CostLine> Lines, IReadOnlyList<string> NotPriced)
{
    /// <summary>The cost of a window, maintenance included: what is used then costs as well. Null without a price table.</summary>
    /// <exception cref="ArgumentException">The window shares no step with the set.</exception>
    public static CostSummary? Of(SeriesSet set, AnalysisSettings settings, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Prices is not { } prices)
        {
            return null;
        }

        List<CostLine> lines = [];
        List<string> notPriced = [];
        IndicatorIndex index = new(set);
        foreach (ServiceDefinition service in set.Services.Where(service => service.Kind == ServiceKind.Service))
        {
            ScopePart part = new(index, service, null, AnalysedSteps.Of(set.Grid, window, [], service.Name));
            Add(service, IndicatorNames.Cpu, "CPU", "core hours", prices.PerCpuCoreHour, 1, CoreHours(part));
            Add(service, IndicatorNames.Memory, "memory", "GiB hours", prices.PerMemoryGibHour, 1, GibHours(part));
            Add(service, IndicatorNames.Availability, "requests", "requests", prices.PerMillionRequests, 1e-6, Requests(part));
        }

        void Add(ServiceDefinition service, string indicator, string item, string unit, double? price, double scale, Figure quantity)
        {
            if (price is null || service.Indicators.All(definition => definition.Name != indicator))
            {
                notPriced.Add($"{service.Name}: {item} ({(price is null ? "no price" : $"no indicator {indicator}")})");
                return;
            }

            lines.Add(new CostLine(service.Name, item, unit, quantity, price.Value, quantity.Select(number => number * scale * price.Value)));
        }

        Figure total = lines.Count == 0 ? new Figure.NoData("nothing has both a price and an indicator")
            : lines.FirstOrDefault(line => line.Amount is not Figure.Measured) is { } unknown ? new Figure.NoData($"{unknown.Item} of {unknown.Service} has no data")
            : new Figure.Measured(lines.Sum(line => line.Amount.Value!.Value), new Ratio(lines.Min(line => line.Amount.CoverageOrZero.Value)));
        return new CostSummary(prices.Currency, total, lines, notPriced);
    }

    private static Figure CoreHours(ScopePart part) => part.Find(IndicatorNames.Cpu) switch
    {
        IndicatorSeries.Rate rate => rate.State.Select(() => Quantity(part, rate.Counter.Presence, part.Steps.Sum(rate.Counter) / 3600)),
        null => new Figure.NoData("no indicator cpu"),
        _ => new Figure.NoData("cpu is not a counter of CPU seconds"),
    };

    private static Figure GibHours(ScopePart part) => part.Find(IndicatorNames.Memory) switch
    {
        IndicatorSeries.Gauge { Spec: { Capacity: null, Unit: "bytes" } } gauge => gauge.State.Select(() => Quantity(part, gauge.Values.Presence, MeasuredGibHours(part.Steps, gauge))),
        null => new Figure.NoData("no indicator memory"),
        _ => new Figure.NoData("memory is not a gauge of bytes"),
    };

    private static double MeasuredGibHours(AnalysedSteps steps, IndicatorSeries.Gauge gauge)
    {
        double sum = 0;
        for (int i = steps.From; i < steps.To; i++)
        {
            sum += double.IsNaN(gauge.Values.Values[i]) ? 0 : gauge.Values.Values[i];
        }

        return sum / (1L << 30) * steps.Grid.Step.TotalHours;
    }

    private static Figure Requests(ScopePart part) => part.Find(IndicatorNames.Availability) is IndicatorSeries.Ratio ratio
        ? ratio.State.Select(() => Quantity(part, ratio.Total.Presence, part.Steps.Sum(ratio.Total)))
        : new Figure.NoData("no indicator availability");

    private static Figure Quantity(ScopePart part, StepPresence presence, double quantity)
    {
        Ratio coverage = part.Steps.Coverage(presence);
        return coverage.Value == 0 ? new Figure.NoData("no samples in the window") : new Figure.Measured(quantity, coverage);
    }
}

/// <summary>One line of a bill.</summary>
/// <param name="Service">The service.</param>
/// <param name="Item"><c>CPU</c>, <c>memory</c>, <c>requests</c>.</param>
/// <param name="QuantityUnit"><c>core hours</c>, <c>GiB hours</c>, <c>requests</c>.</param>
/// <param name="Quantity">What was measured; time without data is not filled in, the coverage says how much is missing.</param>
/// <param name="UnitPrice">The configured price (requests: per million).</param>
/// <param name="Amount">Quantity times price.</param>
public sealed record CostLine(string Service, string Item, string QuantityUnit, Figure Quantity, double UnitPrice, Figure Amount);

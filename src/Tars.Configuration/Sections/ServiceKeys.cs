using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

public static partial class TarsSchema
{
    private static readonly TextType Selector = new("a PromQL selector", null, 4096);
    private static readonly ChoiceType Better = new("lower", "higher", "neither");

    private static readonly AnyOfType Threshold = new(
        "a threshold",
        new DurationType(TimeSpan.Zero, TimeSpan.FromDays(3650)),
        new NumberType(-1e18, 1e18),
        new RatioType(),
        new ByteSizeType(0, 1L << 60));

    private static SectionType Indicator() => new(
        "an indicator",
        Key("description", new TextType(), "What it measures."),
        Key(
            "ratio",
            new SectionType(
                "a ratio",
                Key("good", Selector, "The counter of good events."),
                Key("bad", Selector, "The counter of bad events."),
                Key("used", Selector, "The counter of what is used, where less is better."),
                Key("total", Selector, "The counter of all events; left out where both good and bad are given.")),
            "A share of events, each side a counter."),
        Key("histogram", Selector, "A histogram of durations, by its name without _bucket."),
        Key("bucket_unit", new ChoiceType("seconds", "milliseconds"), "For a histogram: the unit of its bucket bounds.", "seconds"),
        Key("quantiles", new ListType(Ratio, "a list of quantiles"), "For a histogram: the quantiles that are reported.", "[0.5, 0.95, 0.99]"),
        Key("rate", Selector, "A counter, reported per second."),
        Key("gauge", Selector, "A gauge."),
        Key("aggregate", new ChoiceType("sum", "avg", "min", "max"), "For a gauge: how its series become one.", "sum"),
        Key("capacity", Selector, "For a gauge or a rate: the gauge of what there is at most; the indicator is then the share in use."),
        Key("counts", new ChoiceType("used", "free"), "For a gauge with capacity: whether it counts what is used or what is left.", "used"),
        Key("unit", new TextType("a unit", "^[A-Za-z0-9%/_ ]+$", 40), "For a gauge or a rate: the unit, such as bytes, s, cores, 1/s."),
        Key("better", Better, "For a gauge or a rate: the direction that is better.", "lower"));

    private static ListType Presets() => new(
        new ChoiceType(
            "aspnetcore", "prometheus-net", "opentelemetry", "opentelemetry-legacy", "prometheus-http", "prometheus-http-status", "grpc", "process",
            "node-exporter", "cadvisor", "kube-state-metrics", "redis", "postgres"),
        "a preset or a list of presets",
        TakesOne: true);

    private static MapType Indicators() => new(Indicator(), "a map of indicators");

    private static SectionType Service() => new(
        "a service",
        Must("name", Name, "The name in reports and objectives."),
        Key("description", new TextType(), "What the service does."),
        Key("backend", Name, "The backend it is read from, by its name under observability.backends."),
        Key("labels", Labels, "Matchers added to every query of this service."),
        Key("region_label", Label, "The label that holds the region."),
        Key("depends_on", Texts("a list of services", Name), "The services this one calls."),
        Key("preset", Presets(), "Indicators as a framework or an exporter names them."),
        Key("indicators", Indicators(), "Indicators by name; one named like a preset's replaces it."));

    private static SectionType Regions() => new(
        "the regions section",
        Key("label", Label, "The label that holds the region, where a service names no other.", "region"),
        Key("primary", new TextType("a region", null, 200), "The region the others are compared with."),
        Key("names", Texts("a list of regions", new TextType("a region", null, 200)), "The regions; without it, those found in the data."));

    private static SectionType Objective() => new(
        "an objective",
        Must("service", Name, "The service it binds."),
        Must("indicator", Name, "The service's indicator it is about."),
        Must("target", Ratio, "The share of good events that is promised, above 0 and below 100%."),
        Key("window", Between(60, 366 * 86400), "The period over which the share counts.", "30d"),
        Key("threshold", Threshold, "What still counts as good: a duration for a histogram, a value or a share for a gauge or a rate."),
        Key("good_when", new ChoiceType("at_most", "at_least"), "For a gauge or a rate: the side of the threshold that is good; the default follows from the indicator."),
        Key("quantile", Ratio, "For a histogram: a quantile that must not exceed the threshold over the window of the report."));

    private static SectionType Deployments() => new(
        "the deployments section",
        Key("version_label", Label, "The label that holds the version; a change of its value is a deployment."),
        Key("version_metric", Selector, "With version_label: a metric of every service that carries it.", "build_info"),
        Key("query", Selector, "A gauge whose change of value is a deployment, in place of version_label."),
        Key(
            "list",
            new ListType(
                new SectionType(
                    "a deployment",
                    Must("at", new InstantType(), "When it was done."),
                    Key("services", Texts("a list of services", Name), "The services it changed; without it, all."),
                    Must("version", new TextType("a version", null, 200), "The version it brought, or a description."),
                    Key("previous_version", new TextType("a version", null, 200), "The version before.")),
                "a list of deployments"),
            "Deployments by hand."));

    private static SectionType Maintenance() => new(
        "a maintenance window",
        Must("from", new InstantType(), "When it begins."),
        Must("to", new InstantType(), "When it ends; this instant is outside."),
        Key("services", Texts("a list of services", Name), "The services it is for; without it, all."),
        Must("reason", new TextType("a reason", null, 500), "Why; it stands in the report."));

    private static SectionType Prices() => new(
        "the prices section",
        Key("currency", new TextType("a currency code of three letters", "^[A-Z]{3}$", 3), "ISO 4217 code.", "USD"),
        Key("cpu_core_hour", new NumberType(0, 1e6), "Price of one processor core for one hour.", null, "currency per core and hour"),
        Key("memory_gib_hour", new NumberType(0, 1e6), "Price of one GiB of memory for one hour.", null, "currency per GiB and hour"),
        Key("million_requests", new NumberType(0, 1e6), "Price of a million requests.", null, "currency per million requests"));
}

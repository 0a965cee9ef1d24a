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
                Key("bad", Selector, "The counter of bad events, in place of good."),
                Must("total", Selector, "The counter of all events.")),
            "Good events of all events, each a counter."),
        Key("histogram", Selector, "A histogram, by its name without _bucket."),
        Key("quantiles", new ListType(Ratio, "a list of quantiles"), "The quantiles that are reported of a histogram.", "[0.5, 0.95, 0.99]"),
        Key("rate", Selector, "A counter, reported as events per second."),
        Key("gauge", Selector, "A gauge."),
        Key("aggregate", new ChoiceType("sum", "avg", "min", "max"), "How series of a gauge or counter become one.", "sum"),
        Key("better", Better, "The direction that is better; the default follows from the kind."),
        Key("unit", new TextType("a unit", "^[A-Za-z%/_ ]+$", 40), "The unit of the values, such as seconds, bytes, cores."),
        Key("labels", Labels, "Matchers added to those of the service."));

    private static ListType Presets() => new(
        new ChoiceType(
            "aspnetcore", "opentelemetry", "prometheus-http", "grpc", "process", "node-exporter", "cadvisor", "kube-state-metrics", "redis", "postgres"),
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
        Key("version_label", Label, "The label that holds the version; a change of its value is a deployment."),
        Key("depends_on", Texts("a list of services", Name), "The services this one calls."),
        Key("preset", Presets(), "Indicators as a framework or an exporter names them."),
        Key("indicators", Indicators(), "Indicators by name; one named like a preset's replaces it."));

    private static SectionType Infrastructure() => new(
        "the infrastructure section",
        Key("backend", Name, "The backend it is read from, by its name under observability.backends."),
        Key("labels", Labels, "Matchers added to every query."),
        Key("preset", Presets(), "Indicators as an exporter names them."),
        Key("indicators", Indicators(), "Indicators by name; one named like a preset's replaces it."));

    private static SectionType Regions() => new(
        "the regions section",
        Key("label", Label, "The label that holds the region, where a service names no other.", "region"),
        Key("primary", new TextType("a region", null, 200), "The region the others are compared with."),
        Key("names", Texts("a list of regions", new TextType("a region", null, 200)), "The regions; without it, those found in the data."));

    private static SectionType Objective() => new(
        "an objective",
        Key("name", Name, "The name in reports; without it service and indicator make one."),
        Must("service", Name, "The service it binds."),
        Must("indicator", Name, "The service's indicator it is about."),
        Must("target", Ratio, "The share that must be good."),
        Key("window", Between(60, 366 * 86400), "The period over which the share counts.", "30d"),
        Key("threshold", Threshold, "For a histogram or a gauge: what still counts as good, such as 500ms."),
        Key("quantile", Ratio, "For a histogram: the quantile that must stay under the threshold at every grid point."));

    private static SectionType Deployments() => new(
        "the deployments section",
        Key("version_label", Label, "The label that holds the version; a change of its value is a deployment."),
        Key("query", Selector, "A query whose change of value is a deployment."),
        Key(
            "list",
            new ListType(
                new SectionType(
                    "a deployment",
                    Must("at", new InstantType(), "When it was done."),
                    Key("services", Texts("a list of services", Name), "The services it changed; without it, all."),
                    Key("version", new TextType("a version", null, 200), "The version it brought."),
                    Key("note", new TextType(), "Anything else worth knowing.")),
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
        Key("memory_gib_hour", new NumberType(0, 1e6), "Price of one GiB of memory for one hour.", null, "currency per GiB and hour"));
}

using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <summary>The keys of a T.A.R.S. configuration. Section and key names continue those of the original guide.</summary>
public static partial class TarsSchema
{
    /// <summary>The identifier of the JSON Schema.</summary>
    public const string Identifier = "urn:tars:schema:configuration:1";

    private static readonly FlagType Flag = new();
    private static readonly RatioType Ratio = new();
    private static readonly UrlType Url = new();
    private static readonly TextType FilePath = new("a file's path");
    private static readonly TextType Name = new("a name of letters, digits, and _ . -", "^[A-Za-z0-9_][A-Za-z0-9_.-]*$", 100);
    private static readonly TextType Label = new("a label's name", "^[a-zA-Z_][a-zA-Z0-9_]*$", 200);
    private static readonly MapType Labels = new(new TextType("a label's value"), "a map of labels and values", "^[a-zA-Z_][a-zA-Z0-9_]*$");

    /// <summary>All sections.</summary>
    public static SettingsSchema Instance { get; } = new(
        new SectionType(
            "a configuration",
            new SettingsKey("observability", Observability(), "The metrics backends and how they are read."),
            new SettingsKey("services", new ListType(Service(), "a list of services"), "What is observed."),
            new SettingsKey("infrastructure", new ListType(Service(), "a list of infrastructure"), "What the services stand on: nodes, cluster, databases, caches."),
            new SettingsKey("regions", Regions(), "The regions that are compared with one another."),
            new SettingsKey("objectives", new ListType(Objective(), "a list of objectives"), "What is promised of the services."),
            new SettingsKey("deployments", Deployments(), "How a deployment is recognised."),
            new SettingsKey("maintenance", new ListType(Maintenance(), "a list of maintenance windows"), "Times that count for no objective."),
            new SettingsKey("prices", Prices(), "What resources cost; without it no cost is stated."),
            new SettingsKey("api", Api(), "The REST API."),
            new SettingsKey("security", Security(), "Signing, encryption and their keys."),
            new SettingsKey("compliance", Compliance(), "Standards, enforcement and retention."),
            new SettingsKey("secrets", Secrets(), "Where secrets come from."),
            new SettingsKey("storage", Storage(), "Where reports, findings and users are kept."),
            new SettingsKey("notifications", Notifications(), "Who is told of what."),
            new SettingsKey("schedules", Schedules(), "What runs by itself, by names of your own."),
            new SettingsKey("waivers", Waivers(), "Refusals of the profile prod that do not hold here, each with its reason; only in a file."),
            new SettingsKey("telemetry", Telemetry(), "T.A.R.S.'s own log and metrics.")),
        "TARS_")
    {
        SecretEntries = Entries,
    };

    /// <summary>Returns the JSON Schema that stands in <c>schemas/tars.schema.json</c>.</summary>
    public static string ToJsonSchema() => Instance.ToJsonSchema("T.A.R.S. configuration", Identifier);

    private static SettingsKey Key(string name, SettingsType type, string description, string? value = null, string? unit = null) =>
        new(name, type, description) { Default = value, Unit = unit };

    private static SettingsKey Restart(SettingsKey key) => key with { NeedsRestart = true };

    private static SettingsKey Must(string name, SettingsType type, string description) => new(name, type, description) { IsRequired = true };

    private static SettingsKey Alias(string name, string path, SettingsType type) =>
        new(name, type, "Kept for files of the predecessor.") { AliasOf = path };

    private static DurationType Between(double minimumSeconds, double maximumSeconds) =>
        new(TimeSpan.FromSeconds(minimumSeconds), TimeSpan.FromSeconds(maximumSeconds));

    private static IntegerType Integer(long minimum, long maximum) => new(minimum, maximum);

    private static ListType Texts(string meaning, TextType? item = null) => new(item ?? new TextType(), meaning);
}

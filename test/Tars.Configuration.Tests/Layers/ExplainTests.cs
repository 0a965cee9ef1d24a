using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Configuration.Sections;
using Tars.Configuration.Tests.Sections;

namespace Tars.Configuration.Tests.Layers;

public class ExplainTests
{
    private static readonly string[] Texts =
    [
        "x", "true", "1", "8080", "50%", "1m", "64MiB", "https://x.example.com", "postgresql://d/t", "redis://r", "2026-01-01T00:00Z", "UTC", "abc", "USD",
        "a@b", "1.3.6.1", "0A", "a-1", "0 6 * * *", new string('0', 64), "12", "10.0.0.0/8", "2KiB",
    ];

    [Fact]
    public void Explain_EveryKeyInEveryLayer_NamesWinnerAndLosersWithTheirPlace()
    {
        int explained = 0;
        foreach ((string path, SettingsKey key) in TarsSchema.Instance.Keys.Where(pair => pair.Key.AliasOf is null))
        {
            string value = Sample(key.Type);
            string[] steps = path.Split('.');
            using Settings settings = new() { Profile = "prod" };
            string opening = string.Concat(steps.Select(step => $"{{{step}: "));
            settings.File("tars.yaml", opening + value + new string('}', steps.Length) + "\n").File("tars.prod.yaml", "\n" + opening + value + new string('}', steps.Length) + "\n");
            string variable = "TARS_" + path.Replace('.', '_').ToUpperInvariant();
            settings.Environment[variable] = value;
            settings.Set($"{path}={value}");

            LoadedSettings loaded = settings.Load();
            Explanation why = loaded.Explain(path)!;

            string shown = key.Type is SecretType ? "(secret)" : why.Winner!.Text;
            Assert.Equal(("--set", shown), (why.Winner!.Origin.ToString(), why.Winner.Text));
            List<string> places = [variable, $"tars.yaml:1:{opening.Length + 1}", $"tars.prod.yaml:2:{opening.Length + 1}"];
            places.AddRange(loaded.Layers[^1].Find(path) is { } byProfile ? [byProfile.Origin.ToString()] : []);
            places.AddRange(key.Default is not null ? ["default"] : []);
            Assert.Equal(places, why.Losers.Select(loser => loser.Origin.ToString()));
            explained++;
        }

        Assert.Equal(TarsSchema.Instance.Keys.Count(pair => pair.Key.AliasOf is null), explained);
        Assert.InRange(explained, 150, 1000);
    }

    [Fact]
    public void Explain_EveryKeyInsideListsAndMaps_IsKnown()
    {
        LoadedSettings loaded = Settings.Of("{}");
        foreach ((string path, SettingsKey _) in TarsSchemaTests.AllKeys(TarsSchema.Instance.Root, ""))
        {
            string asked = path[1..].Replace("[]", "[0]", StringComparison.Ordinal).Replace("*", "x", StringComparison.Ordinal);
            Assert.Equal(asked, loaded.Explain(asked)?.Path);
        }
    }

    [Theory]
    [InlineData("services[0].name", "a", "tars.yaml:1:19")]
    [InlineData("services[0].indicators.i.gauge", "queue", "tars.yaml:1:51")]
    [InlineData("observability.headers.X-Scope-OrgID", "(secret)", "tars.yaml:2:42")]
    [InlineData("schedules.morning.cron", "\"0 6 * * *\"", "tars.yaml:3:44")]
    public void Explain_KeyInsideListsAndMaps_NamesItsPlace(string path, string text, string place)
    {
        LoadedSettings loaded = Settings.Of("""
            services: [{name: a, indicators: { i: { gauge:    queue }}}]
            observability: {headers: {X-Scope-OrgID: team}}
            schedules: { morning: { task: daily, cron: "0 6 * * *" }}
            """);

        Candidate winner = loaded.Explain(path)!.Winner!;

        Assert.Equal((text, place), (winner.Text, winner.Origin.ToString()));
    }

    // A value the type takes, as one would write it on one line.
    private static string Sample(SettingsType type) => type switch
    {
        ListType list => $"[{Sample(list.Item)}]",
        MapType map => $"{{x: {Sample(map.Value)}}}",
        SectionType section => "{" + string.Join(", ", section.Keys.Where(key => key.IsRequired).Select(key => $"{key.Name}: {Sample(key.Type)}")) + "}",
        ChoiceType choice => choice.Choices[0],
        ScalarType scalar => Texts.First(text => scalar.Refuse(new SettingsNode.Scalar(Origin.Default, text, false)) is null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

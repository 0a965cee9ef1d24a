using Tars.Configuration.Documents;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Documents;

public class YamlTextTests
{
    private static readonly Origin Nowhere = new(LayerKind.File, "x.yaml", 1, 1);

    private static readonly string[] Awkward =
    [
        "plain", "true", "no", "~", "null", "1.10", "0x1F", "1e3", "2026-01-01", ".inf", "a: b", "a #b", "- a", "'", "\"", "\\", "a\nb", "\t", "é", "\U0001F600",
        "{}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a", "? a", ": a", "a:", "http://x:9090/p?q", "${NAME}", "$${", " a ", "a,b", "\u2028", "(secret)", "=", "<<",
    ];

    [Fact]
    public void Of_DrawnDocuments_ReadBackAsTheyWere()
    {
        int seed = Seeds.Draw();
        Random random = new(seed);
        for (int i = 0; i < 500; i++)
        {
            SettingsNode.Map drawn = DrawMap(random, 4);
            string text = YamlText.Of(drawn, path => random.Next(4) == 0 ? $"about {path.Length}\nsecond line" : null);
            Assert.True(Same(drawn, Settings.Read(text)), $"seed {seed}, document {i}:\n{text}");
        }
    }

    // What another reader of YAML makes of it: every text a string (YAML 1.1 readers take yes, 2026-01-01 and 1e3 for something else).
    [Theory]
    [InlineData("true", true, "'true'")]
    [InlineData("true", false, "true")]
    [InlineData("1.2", true, "'1.2'")]
    [InlineData("8100", false, "8100")]
    [InlineData("yes", true, "'yes'")]
    [InlineData("2026-01-01", true, "'2026-01-01'")]
    [InlineData("https://x.example:9090/a", true, "https://x.example:9090/a")]
    [InlineData("it's", true, "'it''s'")]
    [InlineData("a\nb", true, "\"a\\nb\"")]
    public void Scalar_Text_IsQuotedWhereItMust(string text, bool isText, string expected) => Assert.Equal(expected, YamlText.Scalar(text, isText));

    private static SettingsNode.Map DrawMap(Random random, int depth)
    {
        string[] keys = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Awkward[random.Next(Awkward.Length)]).Where(key => key != "<<").Distinct()];
        return new SettingsNode.Map(Nowhere, [.. keys.Select(key => new SettingsEntry(key, Nowhere, DrawNode(random, depth - 1)))]);
    }

    private static SettingsNode DrawNode(Random random, int depth) => (depth > 0 ? random.Next(4) : 0) switch
    {
        2 => DrawMap(random, depth),
        3 => new SettingsNode.List(Nowhere, [.. Enumerable.Range(0, random.Next(4)).Select(_ => DrawNode(random, depth - 1))]),
        _ => new SettingsNode.Scalar(Nowhere, Awkward[random.Next(Awkward.Length)], IsQuoted: true),
    };

    private static bool Same(SettingsNode a, SettingsNode b) => (a, b) switch
    {
        (SettingsNode.Map one, SettingsNode.Map other) => one.Entries.Length == other.Entries.Length
            && one.Entries.Zip(other.Entries).All(pair => pair.First.Key == pair.Second.Key && Same(pair.First.Value, pair.Second.Value)),
        (SettingsNode.List one, SettingsNode.List other) => one.Items.Length == other.Items.Length && one.Items.Zip(other.Items).All(pair => Same(pair.First, pair.Second)),
        (SettingsNode.Scalar one, SettingsNode.Scalar other) => one.Text == other.Text && one.IsNull == other.IsNull,
        _ => false,
    };
}

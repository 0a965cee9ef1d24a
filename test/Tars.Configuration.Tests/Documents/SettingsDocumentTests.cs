using System.Text;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Tests.Documents;

public class SettingsDocumentTests
{
    [Theory]
    [InlineData("tars.yaml", "a:\n  b: 1\n  c:\n    - x\n    - {d: y}\n", 2, 3, 2, 6, 5, 11)]
    [InlineData("tars.json", "{\"a\":\n  {\"b\": 1,\n   \"c\": [\n  \"x\",\n    {\"ä\": 0, \"d\": \"y\"}]}}", 2, 4, 2, 9, 5, 19)]
    public void Read_Document_KnowsLineAndColumnOfKeysAndValues(
        string name, string text, int keyLine, int keyColumn, int valueLine, int valueColumn, int deepLine, int deepColumn)
    {
        SettingsNode.Map a = (SettingsNode.Map)Settings.Read(text, name).Find("a")!.Value;
        SettingsEntry b = a.Find("b")!;
        SettingsNode d = ((SettingsNode.Map)((SettingsNode.List)a.Find("c")!.Value).Items[1]).Find("d")!.Value;

        // Counted by hand in the texts above.
        Assert.Equal(new Origin(LayerKind.File, name, keyLine, keyColumn), b.KeyOrigin);
        Assert.Equal(new Origin(LayerKind.File, name, valueLine, valueColumn), b.Value.Origin);
        Assert.Equal(new Origin(LayerKind.File, name, deepLine, deepColumn), d.Origin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("\uFEFF")]
    public void Read_NothingWritten_IsAnEmptyMap(string text) => Assert.Empty(Settings.Read(text).Entries);

    [Theory]
    [InlineData("1.10", "1.10")]
    [InlineData("0123", "0123")]
    [InlineData("2026-11-28T01:00Z", "2026-11-28T01:00Z")]
    [InlineData("'it''s'", "it's")]
    public void Read_Scalar_KeepsTheTextAsWritten(string written, string text) =>
        Assert.Equal(text, ((SettingsNode.Scalar)Settings.Read($"a: {written}").Find("a")!.Value).Text);

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "tars.yaml:3:1: a: is written twice, first in line 1; keep one")]
    [InlineData("a:\n  x: 1\n  x: 2\n", "tars.yaml:3:3: a.x: is written twice, first in line 2; keep one")]
    [InlineData("a:\n\tb: 1\n", "tars.yaml:2:1: is a tab; indent with spaces")]
    [InlineData("a:\n  \tb: 1\n", "tars.yaml:2:3: is a tab; indent with spaces")]
    [InlineData("- a\n- b\n", "tars.yaml:1:1: is a list; a configuration is a map of sections")]
    [InlineData("just text", "tars.yaml:1:1: is a value; a configuration is a map of sections")]
    [InlineData("a: 1\n---\nb: 2\n", "tars.yaml:2:1: starts a second document; a configuration is one document")]
    [InlineData("a: !!python/object:os.system ls\n", "tars.yaml:1:4: a: has the tag tag:yaml.org,2002:python/object:os.system; write the plain value")]
    [InlineData("a: *b\n", "tars.yaml:1:4: a: *b refers to no anchor before it")]
    [InlineData("a: &a [*a]\n", "tars.yaml:1:8: a[0]: *a refers to no anchor before it")]
    [InlineData("a: &a {x: 1}\nb:\n  <<: *a\n", "tars.yaml:3:3: b: uses the merge key <<, which YAML 1.2 does not have; write the keys out")]
    [InlineData("a: {[1]: 2}\n", "tars.yaml:1:5: a: has a key that is not text; write a plain word")]
    [InlineData("a: \u0001\n", "tars.yaml:1:4: character U+0001 does not belong in a configuration; remove it")]
    public void Read_BadYaml_IsRefusedWithItsPosition(string text, string refusal) => Assert.Equal([refusal], Settings.ReadRefusals(text));

    [Theory]
    [InlineData("a: [1, 2\nb: 3\n")]
    [InlineData("a: 'open\n")]
    [InlineData("a: b: c\n")]
    [InlineData("a:\n   b: 1\n  c: 2\n")]
    [InlineData("a: @x\n")]
    [InlineData("a: %x\n")]
    [InlineData("}\n")]
    public void Read_BrokenYaml_IsRefusedWithAPosition(string text) =>
        Assert.Matches(@"^tars\.yaml:[1-9][0-9]*:[1-9][0-9]*: is not valid YAML: [a-z]", Assert.Single(Settings.ReadRefusals(text)));

    [Theory]
    [InlineData("{\"a\": 1, \"a\": 2}", "tars.json:1:10: a: is written twice, first in line 1; keep one")]
    [InlineData("{\"a\":\n 1,, }", "tars.json:2:4: is not valid JSON: ")]
    [InlineData("{\"a\": \"\\ud800\"}", "tars.json:1:7: a: has an escape that is half a character; write the character")]
    [InlineData("[1]", "tars.json:1:1: is a list; a configuration is a map of sections")]
    [InlineData("{", "tars.json:1:2: is not valid JSON: ")]
    public void Read_BadJson_IsRefusedWithItsPosition(string text, string refusal) =>
        Assert.StartsWith(refusal, Assert.Single(Settings.ReadRefusals(text, "tars.json")), StringComparison.Ordinal);

    [Fact]
    public void Read_OtherEncodings_AreRefusedWithTheirPosition()
    {
        Assert.Equal(["tars.yaml:1:1: is UTF-16 text; save it as UTF-8"], Settings.ReadRefusals([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a: 1")]));
        Assert.Equal(["tars.yaml:2:5: byte 0xE4 is not valid UTF-8; save the file as UTF-8"], Settings.ReadRefusals(Encoding.Latin1.GetBytes("a: 1\nb: xä\n").Select(b => b).ToArray()));
    }

    [Fact]
    public void Read_SizeAtAndPastTheLimit_IsReadAndRefused()
    {
        string atLimit = "a: " + new string('x', SettingsDocument.SizeLimit - 3);

        Assert.Single(Settings.Read(atLimit).Entries);
        Assert.Equal(["tars.yaml:1:1: is larger than 1048576 bytes, the limit for a configuration"], Settings.ReadRefusals(atLimit + "x"));
    }

    [Fact]
    public void Read_Alias_IsTheAnchoredValue()
    {
        SettingsNode.Map map = Settings.Read("a: &x {k: v}\nb: *x\n");

        Assert.Same(map.Find("a")!.Value, map.Find("b")!.Value);
    }

    [Fact]
    public void Read_AliasBomb_IsRefusedAtTheAlias()
    {
        // "Billion laughs": 9 levels of 9 aliases are 9^9 values.
        StringBuilder bomb = new("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        Assert.Matches(@"^tars\.yaml:[56]:[0-9]+: a[45](\[[0-9]\])?: brings the document past 100000 values", Assert.Single(Settings.ReadRefusals(bomb.ToString())));
    }

    [Theory]
    [InlineData("tars.yaml")]
    [InlineData("tars.json")]
    public void Read_DeepNesting_IsRefused(string name)
    {
        string deep = "{\"a\": " + new string('[', 500_000);

        Assert.StartsWith($"{name}:1:", Assert.Single(Settings.ReadRefusals(deep, name)), StringComparison.Ordinal);
    }
}

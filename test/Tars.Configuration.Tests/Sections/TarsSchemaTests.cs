using System.Text.Json.Nodes;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Profiles;
using Tars.Configuration.Schemas;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Sections;

public class TarsSchemaTests
{
    [Fact]
    public void ToJsonSchema_Generated_IsTheFileInSchemas()
    {
        string path = RepositoryRoot.PathOf("schemas/tars.schema.json");
        string generated = TarsSchema.ToJsonSchema();
        if (Environment.GetEnvironmentVariable("TARS_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, generated);
        }

        Assert.Equal(File.ReadAllText(path), generated);
    }

    [Fact]
    public void Keys_Defaults_AreValidByTheirOwnType()
    {
        int withDefault = 0;
        foreach ((string path, SettingsKey key) in AllKeys(TarsSchema.Instance.Root, ""))
        {
            if (key.DefaultValue() is SettingsNode value)
            {
                withDefault++;
                List<SettingsProblem> problems = [];
                key.Type.Validate(value, path, complete: true, problems);
                Assert.Empty(problems);
            }

            Assert.False(key.IsRequired && key.Default is not null, path);
            Assert.True(key.AliasOf is null || (TarsSchema.Instance.KeyAt(key.AliasOf) is { AliasOf: null } target && target.Type.Equals(key.Type)), path);
            Assert.EndsWith(".", key.Description, StringComparison.Ordinal);
        }

        Assert.InRange(withDefault, 60, 500);
    }

    [Fact]
    public void Constructor_TwoKeysOfOneVariable_AreRefused() => Assert.Throws<ArgumentException>(() => new SettingsSchema(
        new SectionType(
            "x",
            new SettingsKey("a_b", new FlagType(), "One."),
            new SettingsKey("a", new SectionType("y", new SettingsKey("b", new FlagType(), "Two.")), "Three.")),
        "T_"));

    [Fact]
    public void Explain_EveryKey_Answers()
    {
        LoadedSettings loaded = Settings.Of("{}");

        foreach ((string path, SettingsKey key) in TarsSchema.Instance.Keys)
        {
            Explanation why = loaded.Explain(path)!;
            Assert.Equal(path, why.Path);
            Assert.True(why.Winner is not null == (key.Default is not null && key.AliasOf is null) || why.Winner!.Origin.Layer == LayerKind.Profile, path);
        }

        Assert.Null(loaded.Explain("api.prot"));
        Assert.Contains("api.port", loaded.Explain("api")!.Keys);
    }

    [Fact]
    public void Read_EveryBuiltInProfile_HasNoSecretNoPathNoAddress()
    {
        foreach (string name in BuiltInProfiles.Names)
        {
            List<SettingsProblem> problems = [];
            SettingsNode.Map profile = BuiltInProfiles.Read(name);
            TarsSchema.Instance.Root.Validate(profile, "", complete: true, problems);
            Assert.Empty(problems);
            foreach ((string path, SettingsKey key) in TarsSchema.Instance.Keys)
            {
                bool says = new SettingsLayer(LayerKind.Profile, name, profile).Find(path) is not null;
                Assert.False(says && (key.Type is SecretType or UrlType || path.EndsWith("_path", StringComparison.Ordinal) || key.AliasOf is not null), path);
            }
        }
    }

    [Theory]
    [InlineData("local", false, false)]
    [InlineData("dev", true, true)]
    [InlineData("staging", true, true)]
    [InlineData("prod", true, true)]
    public void Read_BuiltInProfile_SealsAndListensAsTheGuideSays(string name, bool seals, bool tls)
    {
        using Settings settings = new() { Profile = name };
        LoadedSettings loaded = settings.Load();

        Assert.Equal(seals, loaded.Section("security").Flag("encryption_enabled"));
        Assert.Equal(seals, loaded.Section("security").Flag("signing_enabled"));
        Assert.Equal(tls, loaded.Section("api").Flag("tls_enabled"));
        Assert.Empty(loaded.Section("api").Texts("cors_origins"));
    }

    [Fact]
    public void ToJsonSchema_Definition_IsDraft7WithEverySection()
    {
        JsonNode schema = JsonNode.Parse(TarsSchema.ToJsonSchema())!;

        Assert.Equal("http://json-schema.org/draft-07/schema#", (string?)schema["$schema"]);
        Assert.Equal(TarsSchema.Instance.Root.Keys.Select(key => key.Name), schema["properties"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("8100", schema["properties"]!["api"]!["properties"]!["port"]!["default"]!.ToJsonString());
        Assert.Equal("\"1m\"", schema["properties"]!["observability"]!["properties"]!["step"]!["default"]!.ToJsonString());
    }

    internal static IEnumerable<(string Path, SettingsKey Key)> AllKeys(SettingsType type, string path) => type switch
    {
        SectionType section => section.Keys.SelectMany(key => AllKeys(key.Type, path + "." + key.Name).Prepend((path + "." + key.Name, key))),
        ListType list => AllKeys(list.Item, path + "[]"),
        MapType map => AllKeys(map.Value, path + ".*"),
        _ => [],
    };
}

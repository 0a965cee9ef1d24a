using System.Text.Json.Nodes;
using Tars.Configuration.Interrogation;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Tests.Interrogation;

public class EffectiveSettingsTests
{
    private const string Password = "correct-horse-battery-staple-0123456789";

    private const string Yaml = $$$"""
        observability:
          prometheus_url: https://prometheus.example.com
          headers: { X-Scope-OrgID: {{{Password}}} }
          auth: { username: ann, password: {{{Password}}} }
        services:
          - { name: checkout, labels: { job: checkout }, preset: prometheus-http }
        api: { port: 8443, jwt_secret: {{{Password}}} }
        """;

    [Fact]
    public void Of_EverySecretType_ShowsNoSecret()
    {
        foreach (Disclosure disclosure in Enum.GetValues<Disclosure>())
        {
            EffectiveSettings settings = EffectiveSettings.Of(Settings.Of(Yaml), disclosure);
            string all = settings.ToYaml() + settings.ToYaml(withOrigin: true) + settings.ToJson().ToJsonString() + string.Join('\n', settings.Values);
            Assert.DoesNotContain(Password, all, StringComparison.Ordinal);
            Assert.Equal("(secret)", (string?)settings.ToJson()["api"]!["jwt_secret"]);
        }
    }

    [Fact]
    public void Of_Redacted_ShowsNoFreeText()
    {
        string all = EffectiveSettings.Of(Settings.Of(Yaml), Disclosure.Redacted).ToYaml();

        Assert.DoesNotContain("example.com", all, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", all, StringComparison.Ordinal);
        Assert.Contains("port: 8443", all, StringComparison.Ordinal);
        Assert.Contains("preset: [prometheus-http]", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_EveryKeyWithADefault_IsThere()
    {
        Dictionary<string, EffectiveValue> values = EffectiveSettings.Of(Settings.Of("{}")).Values.ToDictionary(value => value.Path);
        foreach ((string path, SettingsKey key) in TarsSchema.Instance.Keys.Where(pair => pair.Key is { Default: not null, AliasOf: null }))
        {
            Assert.True(values.ContainsKey(path), path);
        }

        Assert.Equal(("7", "profile local:5:23"), (values["compliance.retention_logs"].Text, values["compliance.retention_logs"].Origin.ToString()));
    }

    [Fact]
    public void ToYaml_WithoutSecrets_LoadsToTheSameSettings()
    {
        using Settings settings = new();
        LoadedSettings loaded = settings.File("tars.yaml", "observability: { step: 30s, headers: { X-Scope-OrgID: a } }\nservices: [{ name: a, preset: process, labels: { job: '1.0' } }]").Load();
        LoadedSettings again = Settings.Of(EffectiveSettings.Of(loaded).ToYaml());

        Assert.Equal(["observability.headers.X-Scope-OrgID"], SettingsDifference.Between(loaded, again).Select(difference => difference.Path));
    }

    [Fact]
    public void ToJson_Values_HaveTheirTypes()
    {
        using Settings settings = new() { Environment = { ["PORT"] = "8200" } };
        JsonObject json = EffectiveSettings.Of(settings.File("tars.yaml", "api: { port: \"${PORT}\", workers: 8 }").Load()).ToJson();

        Assert.Equal("""[8,"${PORT}",true,"1.2",[]]""", new JsonArray([.. new[] { "workers", "port", "enabled", "tls_min_version", "cors_origins" }.Select(key => json["api"]![key]!.DeepClone())]).ToJsonString(
            new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }
}

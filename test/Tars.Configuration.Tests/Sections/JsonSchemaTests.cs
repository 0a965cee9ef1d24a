using System.Text.Json.Nodes;
using NJsonSchema;
using Tars.Configuration.Documents;
using Tars.Configuration.Scalars;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Sections;

/// <summary>The generated JSON Schema, asked by a validator that knows nothing of this project.</summary>
public class JsonSchemaTests
{
    private static readonly Lazy<Task<JsonSchema>> Schema = new(() => JsonSchema.FromJsonAsync(TarsSchema.ToJsonSchema()));

    [Theory]
    [InlineData("samples/quickstart.yaml")]
    [InlineData("samples/schedules.yaml")]
    [InlineData("samples/aspnetcore-shop.yaml")]
    [InlineData("samples/tars-platform.yaml")]
    public async Task ToJsonSchema_Sample_IsValid(string path)
    {
        JsonSchema schema = await Schema.Value;

        Assert.Empty(schema.Validate(Json(File.ReadAllText(RepositoryRoot.PathOf(path)))));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("services:", true)]
    [InlineData("api: {port: 8100}", true)]
    [InlineData("api: {port: \"${PORT}\"}", true)]
    [InlineData("api: {port: 99999}", false)]
    [InlineData("api: {port: 80.5}", false)]
    [InlineData("api: {prot: 8100}", false)]
    [InlineData("api: {tls_enabled: maybe}", false)]
    [InlineData("api: 5", false)]
    [InlineData("apy: {}", false)]
    [InlineData("observability: {coverage_minimum: 90%}", true)]
    [InlineData("observability: {coverage_minimum: 0.9}", true)]
    [InlineData("observability: {coverage_minimum: 99.9}", false)]
    [InlineData("observability: {coverage_minimum: 101%}", false)]
    [InlineData("observability: {step: 1h30m}", true)]
    [InlineData("observability: {step: 60}", false)]
    [InlineData("observability: {step: 30m1h}", false)]
    [InlineData("observability: {response_limit: 64MiB}", true)]
    [InlineData("observability: {response_limit: 64}", false)]
    [InlineData("observability: {prometheus_url: \"https://x/y\"}", true)]
    [InlineData("observability: {prometheus_url: x}", false)]
    [InlineData("observability: {headers: {X-Scope-OrgID: 5}}", true)]
    [InlineData("observability: {headers: {\"a b\": c}}", false)]
    [InlineData("observability: {dialect: mysql}", false)]
    [InlineData("services: [{name: a, preset: process}]", true)]
    [InlineData("services: [{name: a, preset: [process, grpc]}]", true)]
    [InlineData("services: [{name: a, preset: nothing}]", false)]
    [InlineData("services: [{preset: process}]", false)]
    [InlineData("services: {name: a}", false)]
    [InlineData("services: [a]", false)]
    [InlineData("maintenance: [{from: \"2026-11-28T01:00Z\", to: \"2026-11-28T02:00Z\", reason: x}]", true)]
    [InlineData("maintenance: [{from: \"2026-11-28\", to: \"2026-11-28T02:00Z\", reason: x}]", false)]
    [InlineData("objectives: [{service: a, indicator: b, target: 99%, threshold: 500ms}]", true)]
    [InlineData("objectives: [{service: a, indicator: b}]", false)]
    [InlineData("prices: {cpu_core_hour: -1}", false)]
    public async Task ToJsonSchema_Document_IsJudgedAsTheLoaderJudges(string yaml, bool valid)
    {
        JsonSchema schema = await Schema.Value;
        List<SettingsProblem> problems = [];
        TarsSchema.Instance.Root.Validate(Settings.Read(yaml), "", complete: true, problems);

        Assert.Equal(valid, problems.Count == 0);
        Assert.Equal(valid, schema.Validate(Json(yaml)).Count == 0);
    }

    private static string Json(string yaml) => ToJson(Settings.Read(yaml))!.ToJsonString();

    // The core schema of YAML 1.2, section 10.3, as editors resolve plain scalars.
    private static JsonNode? ToJson(SettingsNode node) => node switch
    {
        SettingsNode.Map map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        SettingsNode.List list => new JsonArray([.. list.Items.Select(ToJson)]),
        SettingsNode.Scalar { IsNull: true } => null,
        SettingsNode.Scalar { IsQuoted: false, Text: "true" or "false" } flag => JsonValue.Create(flag.Text == "true"),
        SettingsNode.Scalar { IsQuoted: false } number when NumberText.TryParseInteger(number.Text, out long whole) => JsonValue.Create(whole),
        SettingsNode.Scalar { IsQuoted: false } number when NumberText.TryParse(number.Text, out double value) => JsonValue.Create(value),
        SettingsNode.Scalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

using Tars.Configuration.Interrogation;

namespace Tars.Configuration.Tests.Interrogation;

public class SettingsDifferenceTests
{
    [Theory]
    [InlineData("api: { port: 8100 }", "{}", "")] // the default, written
    [InlineData("observability: { log_level: DEBUG }", "telemetry: { log_level: DEBUG }", "")] // an older name
    [InlineData("services: [{ name: a, preset: process }]", "services: [{ preset: [process], name: a }]", "")] // one or a list of one; order of keys
    [InlineData("objectives: [{ service: a, indicator: b, target: 0.9 }]", "objectives: [{ service: a, indicator: b, target: 0.9, window: 30d }]", "")] // a default inside an item
    [InlineData("services: []", "{}", "")] // nothing in a list
    [InlineData("api: { port: 8200 }", "{}", "api.port: 8200 -> 8100")]
    [InlineData("{}", "api: { base_url: 'https://x.example' }", "api.base_url: http://localhost:8100 -> https://x.example")]
    [InlineData("{}", "secrets: { vault_url: 'https://x.example' }", "secrets.vault_url: (none) -> https://x.example")]
    [InlineData("services: [{ name: a }]", "services: [{ name: a }, { name: b }]", "services[1].name: (none) -> b")]
    [InlineData("api: { jwt_secret: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }", "api: { jwt_secret: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb }", "api.jwt_secret: (secret) -> (secret)")]
    [InlineData("api: { jwt_secret: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }", "api: { jwt_secret: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }", "")]
    public void Between_TwoFiles_SaysWhatDiffersInEffect(string before, string after, string expected) => Assert.Equal(
        expected,
        string.Join("; ", SettingsDifference.Between(Settings.Of(before), Settings.Of(after)).Select(d => $"{d.Path}: {d.Before?.Text ?? "(none)"} -> {d.After?.Text ?? "(none)"}")));
}

using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

public sealed class SecretBackendFactoryTests
{
    [Fact]
    public async Task Create_NothingWritten_AsksTheEnvironment()
    {
        await using CachedSecrets secrets = Create("{}", new() { ["TARS_SECRET_A"] = "x" });

        SecretAnswer answer = await secrets.FindAsync("a", TestContext.Current.CancellationToken);

        Assert.Equal("environment", secrets.Name);
        Assert.Equal("x", Assert.IsType<SecretAnswer.Found>(answer).Value.Reveal());
        Assert.InRange(((SecretAnswer.Found)answer).Lifetime!.Value, TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("secrets: {chain: [env, env]}", "tars.yaml:1:18: secrets.chain: names a backend twice; keep one")]
    public void Create_BadSection_IsRefusedWithPlaceAndWayOut(string yaml, string refusal) =>
        Assert.Contains(refusal, Assert.Throws<SettingsException>(() => Create(yaml, [])).Problems.Select(problem => problem.ToString()));

    private static CachedSecrets Create(string yaml, Dictionary<string, string> environment) =>
        new SecretBackendFactory(environment, new FakeTimeProvider()).Create(Settings.Of(yaml).Section("secrets"));
}

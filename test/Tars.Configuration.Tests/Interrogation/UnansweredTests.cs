using Tars.Configuration.Interrogation;
using Tars.Configuration.Layers;
using Tars.Configuration.Secrets;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Tests.Interrogation;

/// <summary>A configuration is explained, shown and compared while its secret backend is down, and says so.</summary>
public class UnansweredTests
{
    private const string Yaml = """
        secrets: { backend: vault, vault_url: 'https://vault.example.com', vault_token: abcdef }
        api: { port: "${PORT}", jwt_secret: "${JWT}", auth_mode: jwt }
        """;

    [Fact]
    public async Task LoadForQuestions_BackendDown_KeepsWhatIsWrittenAndNamesTheBackend()
    {
        LoadedSettings loaded = await LoadAsync(_ => new SilentBackend(), forQuestions: true);
        KeyExplanation why = KeyExplanation.Of(loaded, "api.port")!;

        Assert.Equal("\"${PORT}\"", why.Winner!.Text);
        Assert.Equal("no answer: vault secret/tars: nothing listens there", Assert.Single(why.Winner.Sources).Place);
        Assert.Contains(EffectiveSettings.Of(loaded).Values, value => value is { Path: "api.port", Text: "\"${PORT}\"" });
        Assert.Equal("(secret)", KeyExplanation.Of(loaded, "api.jwt_secret")!.Winner!.Text);
    }

    [Fact]
    public async Task LoadForQuestions_BackendNotDescribed_SaysWhatIsMissing()
    {
        LoadedSettings loaded = await LoadAsync(section => throw new SettingsException([section.Problem("vault_url", "is missing")]), forQuestions: true);

        Assert.Contains("is missing", Assert.Single(KeyExplanation.Of(loaded, "api.port")!.Winner!.Sources).Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_BackendDown_IsRefused()
    {
        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(() => LoadAsync(_ => new SilentBackend(), forQuestions: false));

        Assert.Contains(refusal.Problems, problem => problem.Message.Contains("nothing listens there", StringComparison.Ordinal));
    }

    private static async Task<LoadedSettings> LoadAsync(Func<SettingsSection, ISecretBackend?> backendOf, bool forQuestions)
    {
        using Settings settings = new();
        settings.File("tars.yaml", Yaml);
        SettingsSearch search = new() { WorkingFolder = settings.Folder };
        return forQuestions
            ? await SettingsLoader.LoadForQuestionsAsync(search, TarsSchema.Instance, backendOf, TestContext.Current.CancellationToken)
            : await SettingsLoader.LoadAsync(search, TarsSchema.Instance, backendOf, TestContext.Current.CancellationToken);
    }

    private sealed class SilentBackend : ISecretBackend
    {
        public string Name => "vault";

        public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult<SecretAnswer>(new SecretAnswer.Unreachable("vault secret/tars", "nothing listens there"));
    }
}

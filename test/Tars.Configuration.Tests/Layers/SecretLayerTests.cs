using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Tests.Layers;

public class SecretLayerTests
{
    private const string Vault = "secrets: {backend: vault, vault_url: https://vault.example.com, vault_token: \"${VAULT_TOKEN}\"}\n";
    private const string Jwt = Vault + "api: {auth_mode: jwt}\n";

    [Fact]
    public async Task LoadAsync_EntryOfTheTable_IsBetweenFilesAndProfile()
    {
        using Settings settings = With(Jwt);
        settings.Backend.Values["jwt_secret"] = "from-the-backend-0123456789abcdef";

        LoadedSettings loaded = await settings.LoadAsync();
        Explanation why = loaded.Explain("api.jwt_secret")!;

        Assert.Equal("from-the-backend-0123456789abcdef", loaded.Section("api").Text("jwt_secret"));
        Assert.Equal((LayerKind.Secrets, "vault secret/tars#jwt_secret version 3"), (why.Winner!.Origin.Layer, why.Winner.Origin.ToString()));
        Assert.Equal(("(secret)", "jwt_secret"), (why.Winner.Text, why.SecretEntry));
        Assert.Equal(
            [LayerKind.CommandLine, LayerKind.Environment, LayerKind.File, LayerKind.Secrets, LayerKind.Profile], loaded.Layers.Select(layer => layer.Kind));
        Assert.Equal(["jwt_secret"], settings.Backend.Asked);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("profile file")]
    [InlineData("environment")]
    [InlineData("command line")]
    public async Task LoadAsync_KeySetAboveTheBackend_IsNotAskedFor(string layer)
    {
        using Settings settings = With(layer == "file" ? Vault + "api: {auth_mode: jwt, jwt_secret: mine}\n" : Jwt);
        settings.Backend.Values["jwt_secret"] = "theirs";
        switch (layer)
        {
            case "profile file": settings.File("tars.local.yaml", "api: {jwt_secret: mine}\n"); break;
            case "environment": settings.Environment["TARS_API_JWT_SECRET"] = "mine"; break;
            case "command line": settings.Set("api.jwt_secret=mine"); break;
        }

        Assert.Equal("mine", (await settings.LoadAsync()).Section("api").Text("jwt_secret"));
        Assert.Empty(settings.Backend.Asked);
    }

    [Theory]
    [InlineData("jwt_secret", "api.jwt_secret", "api: {auth_mode: jwt}")]
    [InlineData("encryption_key", "security.encryption_key", "security: {encryption_enabled: true}")]
    [InlineData("signing_key", "security.signing_key", "security: {signing_enabled: true}")]
    [InlineData("pkcs11_pin", "security.pkcs11_pin", "security: {signing_enabled: true, pkcs11_module: m.so}")]
    [InlineData("prometheus_password", "observability.auth.password", "observability: {auth: {username: u}}")]
    [InlineData("database_password", "storage.database_password", "storage: {database_url: \"postgresql://db/tars\", database_user: u}")]
    [InlineData("redis_password", "storage.redis_password", "storage: {redis_url: \"redis://r\", redis_user: u}")]
    [InlineData("blob_secret_access_key", "storage.blobs.secret_access_key", "storage: {blobs: {bucket: abc, access_key_id: k}}")]
    [InlineData("smtp_password", "notifications.smtp.password", "notifications: {smtp: {host: h, username: u}}")]
    public async Task LoadAsync_EveryEntry_ReachesItsKeyWhenNeededAndOnlyThen(string entry, string path, string needs)
    {
        using Settings settings = With(Vault + needs + "\n");
        foreach (SecretEntry known in TarsSchema.Instance.SecretEntries)
        {
            settings.Backend.Values[known.Name] = "value of " + known.Name;
        }

        Explanation why = (await settings.LoadAsync()).Explain(path)!;

        Assert.Equal($"vault secret/tars#{entry} version 3", why.Winner!.Origin.ToString());
        Assert.Equal([entry], settings.Backend.Asked);
        Assert.IsType<SecretType>(TarsSchema.Instance.TypeAt(path));

        using Settings idle = With(Vault);
        Assert.Null((await idle.LoadAsync()).Explain(path)!.Winner);
        Assert.Empty(idle.Backend.Asked);
    }

    // A report has no use for what signs the API's tokens, whether it is named by the table or by a placeholder.
    [Theory]
    [InlineData("api: {auth_mode: jwt}\n")]
    [InlineData("api: {auth_mode: jwt, jwt_secret: \"${JWT_SECRET}\"}\n")]
    public async Task LoadAsync_SecretOfTheApi_IsAskedForByWhoeverServesItAlone(string api)
    {
        using Settings settings = With(Vault + api);
        settings.Backend.Values["jwt_secret"] = settings.Backend.Values["JWT_SECRET"] = "from-the-backend-0123456789abcdef";

        LoadedSettings command = await SettingsLoader.LoadAsync(
            settings.Search with { Uses = SecretUses.Command }, TarsSchema.Instance, _ => settings.Backend, TestContext.Current.CancellationToken);
        Assert.Empty(settings.Backend.Asked);
        Assert.False(command.Section("api").Has("jwt_secret"));

        LoadedSettings service = await settings.LoadAsync();
        Assert.Single(settings.Backend.Asked);
        Assert.Equal("from-the-backend-0123456789abcdef", service.Section("api").Text("jwt_secret"));
    }

    [Fact]
    public void SecretEntries_OfTheApi_AreThoseOfItsSection() => Assert.All(
        TarsSchema.Instance.SecretEntries, entry => Assert.Equal(entry.Path.StartsWith("api.", StringComparison.Ordinal), entry.Use == SecretUses.Service));

    [Fact]
    public void SecretEntries_All_AreCoveredByTheTestAbove() => Assert.Equal(9, TarsSchema.Instance.SecretEntries.Count);

    [Theory]
    [InlineData("encryption_key_path: k")]
    [InlineData("key_ring: keys")]
    public async Task LoadAsync_KeyNamedByAFile_IsNotAskedFor(string other)
    {
        using Settings settings = With(Vault + $"security: {{encryption_enabled: true, {other}}}\n");

        await settings.LoadAsync();

        Assert.Empty(settings.Backend.Asked);
    }

    [Fact]
    public async Task LoadAsync_Placeholder_IsTheBackendsBeforeTheEnvironments()
    {
        using Settings settings = With(Vault + "telemetry: {log_file: \"${BOTH}/${ENV_ONLY}\"}\n");
        settings.Backend.Values["BOTH"] = "backend";
        settings.Environment["BOTH"] = "environment";
        settings.Environment["ENV_ONLY"] = "x";

        LoadedSettings loaded = await settings.LoadAsync();
        Explanation why = loaded.Explain("telemetry.log_file")!;

        Assert.Equal("backend/x", loaded.Section("telemetry").Text("log_file"));
        Assert.Equal(("\"${BOTH}/${ENV_ONLY}\"", "tars.yaml:2:23"), (why.Winner!.Text, why.Winner.Origin.ToString()));
        Assert.Equal(
            [new PlaceholderSource("BOTH", "vault secret/tars#BOTH version 3", true), new PlaceholderSource("ENV_ONLY", "ENV_ONLY", false)], why.Winner.Sources);
    }

    [Fact]
    public async Task LoadAsync_LoginOfTheBackend_ComesFromTheEnvironmentAlone()
    {
        using Settings settings = With(Jwt);
        settings.Environment.Remove("VAULT_TOKEN");
        settings.Backend.Values["VAULT_TOKEN"] = "hvs.from-itself";

        Assert.Equal(
            ["tars.yaml:1:78: secrets.vault_token: ${VAULT_TOKEN} has no value; set the environment variable VAULT_TOKEN (what logs in to a secret backend cannot come from it)"],
            await settings.RefusalsAsync());
        Assert.Empty(settings.Backend.Asked);
    }

    [Fact]
    public async Task LoadAsync_NowhereFound_SaysWhereItWasLookedFor()
    {
        using Settings settings = With(Vault + "telemetry: {log_file: \"${NONE}\"}\n");

        Assert.Equal(
            ["tars.yaml:2:23: telemetry.log_file: ${NONE} has no value; vault https://vault.example.com secret/tars does not have it: put it there, set the environment variable NONE, or write $${ for the characters themselves"],
            await settings.RefusalsAsync());
    }

    [Fact]
    public async Task LoadAsync_BackendThatFails_IsNotReplacedByTheEnvironment()
    {
        using Settings settings = With(Jwt + "telemetry: {log_file: \"${A}\", log_format: \"${B}\"}\n");
        settings.Environment["A"] = "weaker";
        settings.Environment["B"] = "json";
        settings.Backend.Answers["A"] = new SecretAnswer.Unreachable("vault secret/tars", "no answer in 10s");
        settings.Backend.Answers["B"] = new SecretAnswer.Refused("vault secret/tars", "permission denied; grant read on it");

        Assert.Equal(
            [
                "tars.yaml:3:23: telemetry.log_file: ${A} has no value: vault secret/tars: no answer in 10s",
                "tars.yaml:3:43: telemetry.log_format: ${B} has no value: vault secret/tars: permission denied; grant read on it",
            ],
            await settings.RefusalsAsync());
    }

    [Fact]
    public async Task LoadAsync_EntryRefusedOrUnreadable_StopsTheLoading()
    {
        using Settings settings = With(Jwt);
        settings.Backend.Answers["jwt_secret"] = new SecretAnswer.Refused("vault secret/tars#jwt_secret", "permission denied");
        Assert.Equal(["vault secret/tars#jwt_secret: api.jwt_secret: permission denied"], await settings.RefusalsAsync());

        settings.Backend.Answers["jwt_secret"] = new SecretAnswer.Found(Secret.Of([0xC3, 0x28]), "vault secret/tars#jwt_secret", null);
        Assert.EndsWith("is not UTF-8 text; a value of a configuration is text", Assert.Single(await settings.RefusalsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_ValueOfABackend_IsTakenAsItIs()
    {
        using Settings settings = With(Vault + "telemetry: {log_file: \"${A}\"}\n");
        settings.Backend.Values["A"] = "p$w${B}$${";

        Assert.Equal("p$w${B}$${", (await settings.LoadAsync()).Section("telemetry").Text("log_file"));
        Assert.Equal(["A"], settings.Backend.Asked);
    }

    [Fact]
    public async Task LoadAsync_VariableThatAsksTheBackend_IsAnswered()
    {
        using Settings settings = With(Vault + "telemetry: {log_file: \"${A}\"}\n");
        settings.Environment["A"] = "x-${B}";
        settings.Backend.Values["B"] = "y";

        Assert.Equal("x-y", (await settings.LoadAsync()).Section("telemetry").Text("log_file"));
    }

    [Theory]
    [InlineData("api: {port: \"${S}\"}")]
    [InlineData("api: {base_url: \"${S}\"}")]
    [InlineData("api: {auth_mode: \"${S}\"}")]
    [InlineData("compliance: {redaction_patterns: [\"(${S}\"]}")]
    [InlineData("services: [{name: \"a b ${S}\"}]")]
    [InlineData("storage: {database_url: \"x:${S}\"}")]
    [InlineData("schedules: {a: {task: kpi, cron: \"${S} * * * *\"}}")]
    public async Task LoadAsync_SecretWhereItDoesNotFit_IsRefusedWithoutShowingIt(string yaml)
    {
        using Settings settings = With(Vault + yaml + "\n");
        settings.Backend.Values["S"] = "hunter2hunter2";

        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(settings.LoadAsync);

        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("${S}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redact_ValueOfABackend_IsNotShown()
    {
        using Settings settings = With(Vault + "telemetry: {log_file: \"a/${S}\"}\n");
        settings.Backend.Values["S"] = "hunter2";
        LoadedSettings loaded = await settings.LoadAsync();

        Assert.Equal("a/(secret) and (secret)", loaded.Redact("a/hunter2 and hunter2"));
        Assert.DoesNotContain("hunter2", string.Concat(loaded.Layers.Select(layer => layer.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BackendInTheConfiguration_IsNotPassedOver()
    {
        using Settings settings = With(Vault + "telemetry: {log_file: \"${HOME_FOLDER}\"}\n");
        settings.Environment["HOME_FOLDER"] = "x";

        Assert.Equal(
            ["tars.yaml:2:23: telemetry.log_file: ${HOME_FOLDER} has no value: it is asked of the secret backend that the secrets section names, and nothing here may ask one"],
            settings.Refusals());
    }

    [Fact]
    public async Task LoadAsync_EnvironmentAsBackend_HasVariablesForSecretsAlone()
    {
        using Settings settings = With("api: {auth_mode: jwt}\ntelemetry: {log_file: \"${a-b}\"}\n");
        settings.Environment["TARS_SECRET_JWT_SECRET"] = "s";
        settings.Environment["TARS_SECRET_A_B"] = "${literally}";

        LoadedSettings loaded = await settings.LoadAsync();

        Assert.Equal("TARS_SECRET_JWT_SECRET", loaded.Explain("api.jwt_secret")!.Winner!.Origin.ToString());
        Assert.Equal("${literally}", loaded.Section("telemetry").Text("log_file"));
        Assert.Empty(loaded.Notes);
        Assert.Empty(settings.Backend.Asked);
    }

    [Fact]
    public async Task LoadAsync_BackendThatCannotBeMade_IsToldWithWhatElseIsWrong()
    {
        using Settings settings = With(Jwt + "objectives: [{service: a}]\n");

        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(() => SettingsLoader.LoadAsync(
            settings.Search,
            TarsSchema.Instance,
            secrets => throw new SettingsException([secrets.Problem("backend", "cannot be reached like this")]),
            TestContext.Current.CancellationToken));

        Assert.Equal(
            [
                "tars.yaml:1:20: secrets.backend: cannot be reached like this",
                "tars.yaml:3:14: objectives[0].indicator: is missing; write a name of letters, digits, and _ . -",
                "tars.yaml:3:14: objectives[0].target: is missing; write a ratio in [0, 1]",
            ],
            refusal.Problems.Select(problem => problem.ToString()));
    }

    private static Settings With(string yaml)
    {
        Settings settings = new();
        settings.Environment["VAULT_TOKEN"] = "hvs.xxx";
        return settings.File("tars.yaml", yaml);
    }
}

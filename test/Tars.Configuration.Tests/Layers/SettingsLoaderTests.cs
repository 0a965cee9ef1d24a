using Tars.Configuration.Layers;

namespace Tars.Configuration.Tests.Layers;

public class SettingsLoaderTests
{
    // The example of the original guide, section 2.2.
    [Fact]
    public void Load_PortInEveryLayer_TheCommandLineWinsAndTheLosersAreKnown()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "api:\n  port: 8100\n").File("config/prod.yaml", "api: {port: 8050}\n").Set("api.port=8300");
        settings.Environment["TARS_API_PORT"] = "8200";
        settings.Profile = "prod";

        LoadedSettings loaded = settings.Load();
        Explanation why = loaded.Explain("api.port")!;

        Assert.Equal(8300, loaded.Section("api").Integer("port"));
        Assert.Equal("--set 8300", $"{why.Winner!.Origin} {why.Winner.Text}");
        Assert.Equal(
            ["TARS_API_PORT 8200", "tars.yaml:2:9 8100", $"{Path.Combine("config", "prod.yaml")}:1:13 8050", "default 8100"],
            why.Losers.Select(loser => $"{loser.Origin} {loser.Text}"));
    }

    [Fact]
    public void Load_BuiltInProfile_LosesToTheFileAndIsNamed()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "api: {rate_limit_requests: 50}\n").Profile = "staging";

        Explanation why = settings.Load().Explain("api.rate_limit_requests")!;

        Assert.Equal("50", why.Winner!.Text);
        Assert.Equal(["profile staging:5:28 100", "default 30"], why.Losers.Select(loser => $"{loser.Origin} {loser.Text}"));
    }

    // The guide's deep merge example, section 2.2, as printed.
    [Fact]
    public void Load_MapsInTwoLayers_MergeDeeply()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "security:\n  encryption_enabled: true\n  signing_enabled: true\n  key_path: \"/etc/tars/keys\"\n");
        settings.Environment["TARS_SECURITY_KEY_PATH"] = "/custom/path";

        SettingsSection security = settings.Load().Section("security");

        Assert.True(security.Flag("encryption_enabled"));
        Assert.True(security.Flag("signing_enabled"));
        Assert.Equal("/custom/path", security.Text("key_ring"));
    }

    [Fact]
    public void Load_ListsInTwoLayers_TheHigherReplacesTheWholeList()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "compliance: {pii_fields: [email, ssn, phone]}\n");
        settings.Environment["TARS_COMPLIANCE_PII_FIELDS"] = "name, email";

        LoadedSettings loaded = settings.Load();

        Assert.Equal(["name", "email"], loaded.Section("compliance").Texts("pii_fields"));
        Assert.Null(loaded.Explain("compliance.pii_fields[2]")!.Winner);
    }

    // Section 2.5.1 of the guide, all examples.
    [Fact]
    public void Load_VariablesOfTheGuide_SetTheirKeys()
    {
        using Settings settings = new();
        foreach ((string name, string value) in new Dictionary<string, string>
        {
            ["TARS_API_PORT"] = "8200",
            ["TARS_API_BASE_URL"] = "https://tars.example.com",
            ["TARS_API_WORKERS"] = "8",
            ["TARS_SECURITY_ENCRYPTION_ENABLED"] = "true",
            ["TARS_SECURITY_SIGNING_KEY_PATH"] = "/etc/tars/rsa.key",
            ["TARS_COMPLIANCE_ENABLED_STANDARDS"] = "soc2,iso27001,gdpr",
            ["TARS_COMPLIANCE_ENFORCEMENT_MODE"] = "block",
            ["TARS_SECRETS_BACKEND"] = "vault",
            ["TARS_SECRETS_VAULT_URL"] = "https://vault.example.com",
            ["TARS_SECRETS_VAULT_TOKEN"] = "hvs.xxx",
            ["TARS_API_CORS_ORIGINS"] = "https://app1.com,https://app2.com",
            ["TARS_COMPLIANCE_PII_FIELDS"] = "email,ssn,phone",
            ["TARS_API_RATE_LIMIT_REQUESTS"] = "12",
        })
        {
            settings.Environment[name] = value;
        }

        LoadedSettings loaded = settings.Load();

        Assert.Equal(8200, loaded.Section("api").Integer("port"));
        Assert.Equal(12, loaded.Section("api").Integer("rate_limit_requests"));
        Assert.Equal(["https://app1.com", "https://app2.com"], loaded.Section("api").Texts("cors_origins"));
        Assert.Equal(["soc2", "iso27001", "gdpr"], loaded.Section("compliance").Texts("enabled_standards"));
        Assert.Equal("hvs.xxx", loaded.Section("secrets").Text("vault_token"));
        Assert.Equal("/etc/tars/rsa.key", loaded.Section("security").Text("signing_key_path"));
    }

    [Theory]
    [InlineData("TARS_API_PROT", "8200", "TARS_API_PROT: sets no key of api; did you mean TARS_API_PORT?")]
    [InlineData("TARS_SECURITY_SIGNING_ENABELD", "true", "TARS_SECURITY_SIGNING_ENABELD: sets no key of security; did you mean TARS_SECURITY_SIGNING_ENABLED?")]
    [InlineData("TARS_API_PORT", "99999", "TARS_API_PORT: api.port: 99999 is not a whole number in [1, 65535]")]
    [InlineData("TARS_COMPLIANCE_ENABLED_STANDARDS", "soc2,iso2701", "TARS_COMPLIANCE_ENABLED_STANDARDS: compliance.enabled_standards[1]: iso2701 is not one of soc2, iso27001, gdpr, nist_800_53, hipaa, faa_fcc; write iso27001")]
    [InlineData("TARS_SERVICES", "checkout", "TARS_SERVICES: services: is not a list of services; write it on one line as […]")]
    public void Load_BadVariable_IsRefused(string name, string value, string refusal)
    {
        using Settings settings = new();
        settings.Environment[name] = value;

        Assert.Equal([refusal], settings.Refusals());
    }

    [Fact]
    public void Load_VariablesOfOthers_AreNotesOrNothing()
    {
        using Settings settings = new();
        settings.Environment["TARS_API_PORT"] = "tcp://10.0.0.1:8100";
        settings.Environment["TARS_API_SERVICE_HOST"] = "10.0.0.1";
        settings.Environment["TARS_API_PORT_8100_TCP_ADDR"] = "10.0.0.1";
        settings.Environment["TARS_TESTDATA"] = "/somewhere";
        settings.Environment["TARS_TELEMTRY_LOG_LEVEL"] = "DEBUG";
        settings.Environment["TARS_API_WORKERS"] = "";

        LoadedSettings loaded = settings.Load();

        Assert.Equal(8100, loaded.Section("api").Integer("port"));
        Assert.Equal(4, loaded.Section("api").Integer("workers"));
        Assert.Equal(
            [
                "TARS_API_PORT is set by Kubernetes for a service and sets no key",
                "TARS_API_PORT_8100_TCP_ADDR is set by Kubernetes for a service and sets no key",
                "TARS_API_SERVICE_HOST is set by Kubernetes for a service and sets no key",
                "TARS_TELEMTRY_LOG_LEVEL sets no key; did you mean TARS_TELEMETRY_LOG_LEVEL?",
            ],
            loaded.Notes);
    }

    [Fact]
    public void Load_EveryVariable_SetsItsKey()
    {
        foreach ((string path, Configuration.Schemas.SettingsKey key) in Configuration.Sections.TarsSchema.Instance.Keys)
        {
            Assert.Equal(path, Configuration.Sections.TarsSchema.Instance.FindVariable("TARS_" + path.ToUpperInvariant().Replace('.', '_'))!.Value.Path);
            Assert.NotNull(key.Description);
        }
    }

    [Theory]
    [InlineData("observability.stepp=1m", "--set: observability.stepp: is not a known key; did you mean observability.step?")]
    [InlineData("observability.step=60", "--set: observability.step: 60 is not a duration in [1s, 1d]; write 60s, or another unit of ms, s, m, h, d, w")]
    [InlineData("objectives[0].target=1", "--set: objectives[0].target: names an item of a list; a list is replaced as a whole, as in --set key=[…]")]
    [InlineData("observability=5", "--set: observability: is not the observability section; write it on one line as {…}")]
    [InlineData("a..b=5", "--set: a..b: is not a key; write for example observability.step")]
    [InlineData("objectives=[{service: a}]", "--set: objectives[0].indicator: is missing; write a name of letters, digits, and _ . -")]
    public void Load_BadSet_IsRefused(string argument, string refusal)
    {
        using Settings settings = new();

        Assert.Contains(refusal, settings.Set(argument).Refusals());
    }

    [Theory]
    [InlineData("port")]
    [InlineData("=1")]
    public void Parse_NoKeyAndValue_IsRefused(string argument) =>
        Assert.Equal(
            "--set: is not followed by key=value; write for example --set observability.step=1m",
            Assert.Throws<SettingsException>(() => CommandLineSetting.Parse(argument)).Message);

    [Fact]
    public void Load_SetTwiceAndStructured_TheLastWinsAndYamlIsRead()
    {
        using Settings settings = new();
        settings.Set("observability.step=30s").Set("observability.step=15s").Set("services=[{name: a, labels: {job: a}}]").Set("observability.headers.X-Scope-OrgID=team=1");

        LoadedSettings loaded = settings.Load();

        Assert.Equal(TimeSpan.FromSeconds(15), loaded.Section("observability").Duration("step"));
        Assert.Equal("a", Assert.Single(loaded.Root.Sections("services")).Text("name"));
        Assert.Equal("team=1", Assert.Single(loaded.Section("observability").TextMap("headers")).Value);
    }

    [Fact]
    public void Load_NamedOption_IsItsOrigin()
    {
        using Settings settings = new();
        settings.CommandLine.Add(new CommandLineSetting("--prometheus-url", "observability.prometheus_url", "ftp://x"));

        Assert.Equal(
            ["--prometheus-url: observability.prometheus_url: ftp://x is not an http or https address; write for example https://prometheus.example.com"],
            settings.Refusals());
    }

    [Fact]
    public void Load_ManyMistakes_AreReportedAtOnceInOrder()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "observability:\n  stpe: 1m\n  coverage_minimum: 95\nobjectives:\n  - {service: a, indicator: b, target: 99.9}\n");
        settings.Environment["TARS_API_PORT"] = "x";
        settings.Set("api.workers=0");

        Assert.Equal(
            [
                "--set: api.workers: 0 is not a whole number in [1, 1024]",
                "TARS_API_PORT: api.port: x is not a whole number in [1, 65535]",
                "tars.yaml:2:3: observability.stpe: is not a known key; did you mean step?",
                "tars.yaml:3:21: observability.coverage_minimum: 95 is not a ratio in [0, 1]; write 0.95 or 95%",
                "tars.yaml:5:40: objectives[0].target: 99.9 is not a ratio in [0, 1]; write 0.999 or 99.9%",
            ],
            settings.Refusals());
    }

    [Fact]
    public void Load_OlderNames_ReachTodaysKeysWithANote()
    {
        using Settings settings = new();
        settings.File("tars.yaml", "observability:\n  log_level: DEBUG\n  metrics_prefix: tars_prod\n");

        LoadedSettings loaded = settings.Load();

        Assert.Equal("DEBUG", loaded.Section("telemetry").Text("log_level"));
        Assert.Equal("tars_prod", loaded.Section("telemetry").Text("metrics_prefix"));
        Assert.Contains("tars.yaml:2:14: observability.log_level is an older name; write telemetry.log_level", loaded.Notes);
        Assert.Equal("tars.yaml:2:14", loaded.Explain("telemetry.log_level")!.Winner!.Origin.ToString());
    }

    [Fact]
    public void Load_OlderNameBesideTodays_IsRefused() => Assert.Equal(
        ["tars.yaml:1:28: observability.log_level: is an older name of telemetry.log_level, which tars.yaml:2:24 sets as well; keep telemetry.log_level"],
        Settings.RefusalsOf("observability: {log_level: DEBUG}\ntelemetry: {log_level: INFO}\n"));
}

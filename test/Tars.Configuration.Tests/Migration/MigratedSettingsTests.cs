using System.Text;
using Tars.Configuration.Documents;
using Tars.Configuration.Migration;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Migration;

public class MigratedSettingsTests
{
    // A profile file of the predecessor's package, with every section it read.
    private const string ProfileFile = """
        environment: prod
        version: "1.0.2-dev"
        enable_sbom_generation: true
        sbom_formats: [cyclonedx, spdx]
        enable_slsa_provenance: yes
        slsa_level: 2
        security:
          secrets_backend: aws_secrets_manager
          aws_region: us-east-1
          enable_encryption: True
          encryption_key_path: /etc/tars/keys/encryption.key
          enable_signing: "true"
          max_input_length: 10000
          redaction_patterns: [password]
        compliance:
          enabled_standards: soc2,iso27001
          enable_audit_trail: true
          audit_log_path: /var/log/tars/compliance_audit.jsonl
        observability:
          prometheus_url: http://prometheus:9090
          collection_interval_seconds: 30
          anomaly_z_threshold: 2.5
          ga_baseline_path: null
        api:
          enabled: true
          port: "8100"
          api_keys:
            dev-key-local: admin
          jwt_secret: your-secret-key-change-in-production
          enable_tls: true
          rate_limit_window_seconds: 60.0
        telemetry:
          log_level: warn
          log_file: None
        """;

    [Fact]
    public void Read_ProfileFile_NamesEveryChangeWithItsLine()
    {
        MigratedSettings migrated = Migrate(ProfileFile, "prod.yaml");

        Assert.Equal("prod", migrated.Profile);
        Assert.Equal(
        [
            "1:1 environment NoCounterpart",
            "2:1 version NoCounterpart",
            "3:1 enable_sbom_generation Renamed security.sbom_enabled",
            "4:1 sbom_formats Refused",
            "5:1 enable_slsa_provenance Converted security.slsa_enabled",
            "6:1 slsa_level Renamed security.slsa_level",
            "8:3 security.secrets_backend Converted secrets.backend",
            "9:3 security.aws_region Renamed secrets.aws_region",
            "10:3 security.enable_encryption Converted security.encryption_enabled",
            "12:3 security.enable_signing Renamed security.signing_enabled",
            "13:3 security.max_input_length NoCounterpart",
            "14:3 security.redaction_patterns NoCounterpart",
            "16:3 compliance.enabled_standards Converted compliance.enabled_standards",
            "17:3 compliance.enable_audit_trail Renamed compliance.audit_chain_enabled",
            "21:3 observability.collection_interval_seconds Converted observability.step",
            "22:3 observability.anomaly_z_threshold NoCounterpart",
            "23:3 observability.ga_baseline_path NoCounterpart",
            "27:3 api.api_keys NoCounterpart",
            "29:3 api.jwt_secret Refused",
            "30:3 api.enable_tls Renamed api.tls_enabled",
            "31:3 api.rate_limit_window_seconds Converted api.rate_limit_window",
            "33:3 telemetry.log_level Converted telemetry.log_level",
            "34:3 telemetry.log_file NoCounterpart",
        ],
            migrated.Changes.Select(change => $"{change.Origin.Line}:{change.Origin.Column} {change.From} {change.Kind} {change.To}".TrimEnd()));
        string text = migrated.ToYaml();
        Assert.DoesNotContain("dev-key-local", text + string.Join('\n', migrated.Changes), StringComparison.Ordinal);
        Assert.DoesNotContain("change-in-production", text + string.Join('\n', migrated.Changes), StringComparison.Ordinal);
        Assert.Equal("soc2 iso27001", string.Join(' ', Settings.Of(text).Section("compliance").Texts("enabled_standards")));
        Assert.Equal(TimeSpan.FromSeconds(30), Settings.Of(text).Section("observability").Duration("step"));
        Assert.True(Settings.Of(text).Section("security").Flag("slsa_enabled"));
    }

    [Theory]
    [InlineData("api.port: 8200", "api: { port: 8200 }")] // dotted keys
    [InlineData("TARS_API_PORT: 8200", "api: { port: 8200 }")] // as variables
    [InlineData("enterprise_config: { api: { port: 8200 } }", "api: { port: 8200 }")] // under one name
    [InlineData("security: { encryption: { enabled: true, key_path: /k/aes.key } }", "security: { encryption_enabled: true, encryption_key_path: /k/aes.key }")]
    [InlineData("security: { key_path: /etc/tars/keys }", "security: { key_path: /etc/tars/keys }")]
    [InlineData("slsa_level: 3", "security: { slsa_level: 3 }")]
    [InlineData("compliance: { standards: [SOC2, ISO-27001], mode: enforce }", "compliance: { enabled_standards: [soc2, iso27001], enforcement_mode: block }")]
    [InlineData("secrets: { backend: vault, vault: { url: 'https://v.example', token_env: VAULT_TOKEN } }", "secrets: { backend: vault, vault_url: 'https://v.example', vault_token: '$${VAULT_TOKEN}' }")]
    [InlineData("auth: { jwt_expiry: 1800 }\nrate_limiting: { requests_per_minute: 60 }", "api: { jwt_expiration_minutes: 30, rate_limit_requests: 60 }")]
    [InlineData("observability: { log_level: debug, metrics_prefix: tars_prod }", "telemetry: { log_level: DEBUG, metrics_prefix: tars_prod }")]
    public void Read_EachShape_IsOurs(string old, string expected)
    {
        MigratedSettings migrated = Migrate(old);

        Assert.All(migrated.Changes, change => Assert.True(change.IsCarried, change.ToString()));
        using Settings now = new();
        using Settings wanted = new();
        Assert.Empty(Tars.Configuration.Interrogation.SettingsDifference.Between(
            now.File("tars.yaml", migrated.ToYaml().Replace("${", "$${", StringComparison.Ordinal)).Load(), wanted.File("tars.yaml", expected).Load()));
    }

    // Every example file of the hardening guide's section 2 is a file of ours: nothing is lost.
    [Theory]
    [InlineData("compliance: { enabled_standards: [soc2], enforcement_mode: block, retention_logs: 90, pii_fields: [email] }")]
    [InlineData("secrets: { backend: aws, aws_region: us-east-1, aws_secret_name: tars/prod/config }")]
    [InlineData("security: { signing_enabled: true, signing_key_path: '$${TARS_SIGNING_KEY_PATH}', sbom_format: cyclonedx, slsa_level: 3 }")]
    public void Read_FileOfOurs_NeedsNoChange(string yaml)
    {
        MigratedSettings migrated = Migrate(yaml);

        Assert.Empty(migrated.Changes);
        Assert.Empty(Tars.Configuration.Interrogation.SettingsDifference.Between(Settings.Of(yaml), Settings.Of(migrated.ToYaml())));
    }

    [Theory]
    [InlineData("api: { port: 99999 }", "x.yaml:1:8: api.port: 99999 is not a whole number in [1, 65535]", MigrationKind.Refused)]
    [InlineData("api: { prot: 8100 }", "x.yaml:1:8: api.prot: has no counterpart; the nearest key here is api.port", MigrationKind.NoCounterpart)]
    [InlineData("security: { enable_encryption: true, encryption_enabled: false }", "x.yaml:1:38: security.encryption_enabled: security.encryption_enabled is set by line 1 (security.enable_encryption) already", MigrationKind.Superseded)]
    [InlineData("auth: { jwt_expiry: 90 }", "x.yaml:1:9: auth.jwt_expiry: is no whole number of minutes; write api.jwt_expiration_minutes", MigrationKind.Refused)]
    public void Read_ValueThatCannotStay_IsNamedNotDropped(string old, string expected, MigrationKind kind)
    {
        MigratedSettings migrated = Migrate(old);
        MigrationChange left = migrated.Changes.Single(change => !change.IsCarried);

        Assert.Equal((expected, kind), (left.ToString(), left.Kind));
        Assert.Contains($"#   line 1: {left.From}: ", migrated.ToYaml(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SecretInTheClear_IsCarriedAndWarnedOfWithoutShowingIt()
    {
        MigratedSettings migrated = Migrate("security: { vault_token: hvs.Zw3pQe7 }");

        Assert.True(migrated.HoldsSecret);
        Assert.DoesNotContain("Zw3pQe7", string.Join('\n', migrated.Notes.Concat(migrated.Changes.Select(change => change.ToString()))), StringComparison.Ordinal);
        Assert.DoesNotContain("Zw3pQe7", migrated.ToShownYaml(), StringComparison.Ordinal);
        Assert.Contains("vault_token: '(secret)'", migrated.ToShownYaml(), StringComparison.Ordinal);
        Assert.Equal("hvs.Zw3pQe7", Settings.Of(migrated.ToYaml()).Section("secrets").Text("vault_token"));
        Assert.Single(migrated.Notes);
    }

    [Fact]
    public void Read_DrawnFiles_ValidateAndNameEveryValue()
    {
        string[] keys =
        [
            .. MigrationRules.All.Keys, .. TarsSchema.Instance.Keys.Select(pair => pair.Path).Where(path => !path.Contains("auth.", StringComparison.Ordinal) && !path.Contains("tls.", StringComparison.Ordinal)),
            "unknown", "api.nothing", "a.b.c",
        ];
        string[] values = ["true", "yes", "None", "null", "'8100'", "60.0", "1_000", "text", "[a, b]", "soc2,gdpr", "-1", "https://x.example", "DEBUG", "aes256", "{}", "'a: b'", "\"line\\nbreak\""];
        int seed = Seeds.Draw();
        Random random = new(seed);
        for (int i = 0; i < 300; i++)
        {
            string[] drawn = [.. Enumerable.Range(0, 12).Select(_ => keys[random.Next(keys.Length)]).Distinct()];
            string old = string.Join('\n', drawn.Select(key => $"{key}: {values[random.Next(values.Length)]}"));
            MigratedSettings migrated = Migrate(old);
            string text = migrated.ToYaml();
            List<SettingsProblem> problems = [];
            SettingsNode.Map again = Settings.Read(text);
            TarsSchema.Instance.Root.Validate(again, "", complete: true, problems);
            Assert.True(problems.Count == 0, $"seed {seed}, file {i}:\n{old}\n->\n{text}\n{string.Join('\n', problems)}");

            // Every line of the old file is either named, or its key stands in the new file as it was.
            for (int line = 1; line <= drawn.Length; line++)
            {
                Assert.True(
                    migrated.Changes.Any(change => change.Origin.Line == line) || Tars.Configuration.Layers.NodeTree.Find(again, drawn[line - 1]) is not null,
                    $"seed {seed}, file {i}: line {line} is lost:\n{old}\n->\n{text}");
            }
        }
    }

    private static MigratedSettings Migrate(string old, string name = "x.yaml") => MigratedSettings.Read(Encoding.UTF8.GetBytes(old), name, TarsSchema.Instance);
}

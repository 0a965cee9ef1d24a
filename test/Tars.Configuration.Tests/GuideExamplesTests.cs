using Tars.Configuration.Layers;

namespace Tars.Configuration.Tests;

/// <summary>The example files of the original guide, sections 2.4.1 to 2.4.5 and 2.5.2, as printed there.</summary>
public class GuideExamplesTests
{
    [Fact]
    public void Load_ApiAndSecurityExamples_AreTaken()
    {
        LoadedSettings loaded = Settings.Of("""
            # config/prod.yaml
            api:
              base_url: https://tars.example.com
              port: 8443
              workers: 8
              cors_origins:
                - https://dashboard.example.com
                - https://app.example.com
              rate_limit_requests: 100
              tls_enabled: true
              tls_cert_path: /etc/tars/certs/tls.crt
              tls_key_path: /etc/tars/certs/tls.key
            security:
              encryption_enabled: true
              encryption_key_path: /etc/tars/secrets/aes.key
              signing_enabled: true
              signing_key_path: /etc/tars/secrets/rsa.key
              public_key_path: /etc/tars/secrets/rsa.pub
              sbom_enabled: true
              sbom_format: cyclonedx
              slsa_enabled: true
              slsa_level: 3
            """);

        Assert.Equal(8443, loaded.Section("api").Integer("port"));
        Assert.Equal(["https://dashboard.example.com", "https://app.example.com"], loaded.Section("api").Texts("cors_origins"));
        Assert.Equal("/etc/tars/secrets/rsa.pub", loaded.Section("security").Text("public_key_path"));
        Assert.Equal(3, loaded.Section("security").Integer("slsa_level"));
    }

    [Fact]
    public void Load_ComplianceSecretsAndObservabilityExamples_AreTaken()
    {
        using Settings settings = new();
        settings.Environment["VAULT_TOKEN"] = "hvs.xxx";
        LoadedSettings loaded = settings.File("tars.yaml", """
            compliance:
              enabled_standards:
                - soc2
                - iso27001
                - gdpr
              enforcement_mode: block  # Fail if violations detected
              retention_logs: 90
              retention_metrics: 365
              retention_audit: 2555
              redaction_enabled: true
              pii_fields:
                - email
                - ip_address
                - user_id
                - ssn
                - credit_card
              audit_chain_enabled: true
              audit_log_path: /var/log/tars/audit.log
            secrets:
              backend: vault
              vault_url: https://vault.example.com
              vault_token: ${VAULT_TOKEN}  # from environment
              vault_mount: secret
              vault_path: tars/prod
            observability:
              prometheus_enabled: true
              prometheus_url: http://prometheus.example.com
              prometheus_port: 9091
              log_level: INFO
              log_format: json
              log_file: /var/log/tars/app.log
              metrics_enabled: true
              metrics_prefix: tars_prod
            """).Load();

        Assert.Equal(["email", "ip_address", "user_id", "ssn", "credit_card"], loaded.Section("compliance").Texts("pii_fields"));
        Assert.Equal("hvs.xxx", loaded.Section("secrets").Text("vault_token"));
        Assert.Equal(9091, loaded.Section("telemetry").Integer("prometheus_port"));
        Assert.Equal("/var/log/tars/app.log", loaded.Section("telemetry").Text("log_file"));
        Assert.True(loaded.Section("telemetry").Flag("enable_prometheus_metrics"));
        Assert.Equal(6, loaded.Notes.Count);
    }

    [Fact]
    public void Load_InterpolationExample_IsTaken()
    {
        using Settings settings = new();
        settings.Environment["TARS_SIGNING_KEY_PATH"] = "/keys/rsa.key";
        settings.Environment["VAULT_TOKEN"] = "hvs.xxx";
        settings.Environment["JWT_SECRET_KEY"] = "0123456789abcdef0123456789abcdef";
        LoadedSettings loaded = settings.File("tars.yaml", """
            security:
              signing_key_path: ${TARS_SIGNING_KEY_PATH}

            secrets:
              vault_token: ${VAULT_TOKEN}

            api:
              jwt_secret: ${JWT_SECRET_KEY}
            """).Load();

        Assert.Equal("/keys/rsa.key", loaded.Section("security").Text("signing_key_path"));
        Assert.Equal("(secret)", loaded.Explain("api.jwt_secret")!.Winner!.Text);
    }

    // Section 2.1: load_enterprise_config(profile="prod", overrides={...}) and the command line.
    [Fact]
    public void Load_QuickStartOverrides_AreTaken()
    {
        using Settings settings = new() { Profile = "prod" };
        LoadedSettings loaded = settings.Set("api.port=8200").Set("security.encryption_enabled=true").Load();

        Assert.Equal(8200, loaded.Section("api").Integer("port"));
        Assert.True(loaded.Section("security").Flag("encryption_enabled"));
        Assert.Equal("http://localhost:8100", loaded.Section("api").Text("base_url"));
        Assert.Equal(["soc2", "iso27001", "gdpr"], loaded.Section("compliance").Texts("enabled_standards"));
    }

    // Section 2.3: the defaults listed for each profile; demo keys and certificates do not ship.
    [Theory]
    [InlineData("local", false, false, "", "env", 7, 30)]
    [InlineData("dev", true, true, "soc2", "file", 30, 30)]
    [InlineData("staging", true, true, "soc2,iso27001", "vault", 90, 100)]
    [InlineData("prod", true, true, "soc2,iso27001,gdpr", "vault", 365, 30)]
    public void Load_Profile_HasTheDefaultsOfTheGuide(string profile, bool encrypts, bool tls, string standards, string backend, int days, int requests)
    {
        using Settings settings = new();
        settings.Environment["TARS_PROFILE"] = profile;
        LoadedSettings loaded = settings.Load();

        Assert.Equal(8100, loaded.Section("api").Integer("port"));
        Assert.Equal((encrypts, encrypts), (loaded.Section("security").Flag("encryption_enabled"), loaded.Section("security").Flag("signing_enabled")));
        Assert.Equal(tls, loaded.Section("api").Flag("tls_enabled"));
        Assert.Equal(standards.Split(',', StringSplitOptions.RemoveEmptyEntries), loaded.Section("compliance").Texts("enabled_standards"));
        Assert.Equal(backend, loaded.Section("secrets").Text("backend"));
        Assert.Equal((days, days), (loaded.Section("compliance").Integer("retention_logs"), loaded.Section("compliance").Integer("retention_metrics")));
        Assert.Equal((requests, 10), (loaded.Section("api").Integer("rate_limit_requests"), loaded.Section("api").Integer("rate_limit_login")));
        Assert.True(loaded.Section("compliance").Flag("audit_chain_enabled"));
    }

    // Section 2.3.4: TARS_PROFILE=prod TARS_SECRETS_VAULT_URL=… TARS_SECRETS_VAULT_TOKEN=… .
    [Fact]
    public async Task LoadAsync_ProductionCommandLine_AsksTheVaultItNames()
    {
        using Settings settings = new();
        settings.Environment["TARS_PROFILE"] = "prod";
        settings.Environment["TARS_SECRETS_VAULT_URL"] = "https://vault.example.com";
        settings.Environment["TARS_SECRETS_VAULT_TOKEN"] = "hvs.xxx";
        foreach (string name in (string[])["jwt_secret", "encryption_key", "signing_key"])
        {
            settings.Backend.Values[name] = "value of " + name;
        }

        LoadedSettings loaded = await settings.LoadAsync();

        Assert.Equal("value of jwt_secret", loaded.Section("api").Text("jwt_secret"));
        Assert.Equal("value of signing_key", loaded.Section("security").Text("signing_key"));
        Assert.Equal(["encryption_key", "jwt_secret", "signing_key"], settings.Backend.Asked.Order());
    }

    // Section 2.4.4, the AWS example.
    [Fact]
    public void Load_AwsExample_IsTaken()
    {
        LoadedSettings loaded = Settings.Of("secrets:\n  backend: aws\n  aws_region: us-east-1\n  aws_secret_name: tars/prod/config\n");

        Assert.Equal(("aws", "us-east-1", "tars/prod/config"), (loaded.Section("secrets").Text("backend"), loaded.Section("secrets").Text("aws_region"), loaded.Section("secrets").Text("aws_secret_name")));
    }

    // Section 2.5.2 with a backend: it is asked first, the login is the environment's.
    [Fact]
    public async Task LoadAsync_InterpolationExample_AsksTheBackendThenTheEnvironment()
    {
        using Settings settings = new();
        settings.Environment["TARS_SIGNING_KEY_PATH"] = "/keys/rsa.key";
        settings.Environment["VAULT_TOKEN"] = "hvs.xxx";
        settings.Environment["JWT_SECRET_KEY"] = "not this one";
        settings.Backend.Values["JWT_SECRET_KEY"] = "0123456789abcdef0123456789abcdef";
        settings.File("tars.yaml", """
            # config/prod.yaml
            security:
              signing_key_path: ${TARS_SIGNING_KEY_PATH}

            secrets:
              vault_token: ${VAULT_TOKEN}

            api:
              jwt_secret: ${JWT_SECRET_KEY}
            """).Profile = "staging";

        LoadedSettings loaded = await settings.LoadAsync();

        Assert.Equal("/keys/rsa.key", loaded.Section("security").Text("signing_key_path"));
        Assert.Equal("hvs.xxx", loaded.Section("secrets").Text("vault_token"));
        Assert.Equal("0123456789abcdef0123456789abcdef", loaded.Section("api").Text("jwt_secret"));
        Assert.DoesNotContain("VAULT_TOKEN", settings.Backend.Asked);
    }

    // Section 2.5.4: the errors listed there, in our words (the missing signing key is a rule of the binding, tested there).
    [Theory]
    [InlineData("api: {port: 99999}", "tars.yaml:1:13: api.port: 99999 is not a whole number in [1, 65535]")]
    [InlineData("api: {workers: -1}", "tars.yaml:1:16: api.workers: -1 is not a whole number in [1, 1024]")]
    [InlineData("compliance: {enforcement_mode: invalid}", "tars.yaml:1:32: compliance.enforcement_mode: invalid is not one of log, warn, block")]
    public void Load_ErrorsOfTheGuide_AreReported(string yaml, string refusal) => Assert.Equal([refusal], Settings.RefusalsOf(yaml));

    // The guide's defaults, section 2.4, except host (0.0.0.0) and cors_origins (*), which were open to the world.
    [Theory]
    [InlineData("api.base_url", "http://localhost:8100")]
    [InlineData("api.port", "8100")]
    [InlineData("api.workers", "4")]
    [InlineData("api.cors_enabled", "true")]
    [InlineData("api.rate_limit_requests", "30")]
    [InlineData("api.rate_limit_window", "60")]
    [InlineData("api.tls_enabled", "false")]
    [InlineData("security.encryption_enabled", "false")]
    [InlineData("security.encryption_algorithm", "AES256")]
    [InlineData("security.signing_algorithm", "RSA-PSS")]
    [InlineData("security.sbom_format", "cyclonedx")]
    [InlineData("security.slsa_level", "3")]
    [InlineData("compliance.enabled_standards", "[]")]
    [InlineData("compliance.enforcement_mode", "log")]
    [InlineData("compliance.retention_audit", "2555")]
    [InlineData("compliance.redaction_enabled", "true")]
    [InlineData("compliance.pii_fields", "[email, ip_address, user_id]")]
    [InlineData("compliance.audit_log_path", "./logs/audit")]
    [InlineData("secrets.backend", "env")]
    [InlineData("secrets.vault_mount", "secret")]
    [InlineData("secrets.vault_path", "tars")]
    [InlineData("observability.prometheus_url", "http://localhost:9090")]
    [InlineData("telemetry.log_level", "INFO")]
    [InlineData("telemetry.metrics_prefix", "tars")]
    public void Explain_KeyOfTheGuide_HasItsDefault(string key, string value) => Assert.Equal(value, Settings.Of("{}").Explain(key)!.Winner!.Text);
}

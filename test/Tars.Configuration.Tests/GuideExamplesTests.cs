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
    [InlineData("compliance.audit_log_path", "./logs/audit.log")]
    [InlineData("secrets.backend", "env")]
    [InlineData("secrets.vault_mount", "secret")]
    [InlineData("secrets.vault_path", "tars")]
    [InlineData("observability.prometheus_url", "http://localhost:9090")]
    [InlineData("telemetry.log_level", "INFO")]
    [InlineData("telemetry.metrics_prefix", "tars")]
    public void Explain_KeyOfTheGuide_HasItsDefault(string key, string value) => Assert.Equal(value, Settings.Of("{}").Explain(key)!.Winner!.Text);
}

using System.Collections.Frozen;
using static Tars.Configuration.Migration.MigrationRule;

namespace Tars.Configuration.Migration;

/// <summary>
/// Every key of the predecessor that is not a key of ours: of its configuration package, of the profile files, of the nested shape of its
/// readme and of the shape of its runbook. Keys that bear the same name here need no rule.
/// </summary>
internal static class MigrationRules
{
    private const string NeverRead = "the predecessor never read it";
    private const string ApiKeys = "API keys do not stand in the configuration; they are made and kept by the server";
    private const string Profile = "the profile is chosen when tars runs: --profile NAME or TARS_PROFILE";
    private const string Bounded = "every input from outside is bounded; there is nothing to turn on";

    private static readonly (string, string)[] Backends =
        [("aws_secrets_manager", "aws"), ("gcp_secret_manager", "gcp"), ("hashicorp_vault", "vault"), ("environment", "env")];

    private static readonly (string, string)[] Modes = [("enforce", "block"), ("strict", "block"), ("audit", "log")];

    /// <summary>The rules, by the path in the predecessor's file.</summary>
    public static FrozenDictionary<string, MigrationRule> All { get; } = ((MigrationRule[])
    [
        // The root.
        Gone("environment", Profile),
        Gone("profile", Profile),
        Gone("version", "a configuration has no version of its own"),
        Moved("enable_sbom_generation", "security.sbom_enabled"),
        new("sbom_formats", "security.sbom_format", "one format is written: cyclonedx or spdx"),
        Moved("enable_slsa_provenance", "security.slsa_enabled"),
        Moved("slsa_level", "security.slsa_level"),

        // Security, as the package read it.
        Words("security.secrets_backend", "secrets.backend", Backends),
        Moved("security.vault_url", "secrets.vault_url"),
        Moved("security.vault_token", "secrets.vault_token"),
        Moved("security.vault_mount", "secrets.vault_mount"),
        Moved("security.vault_path", "secrets.vault_path"),
        Moved("security.aws_region", "secrets.aws_region"),
        Moved("security.aws_secret_name", "secrets.aws_secret_name"),
        Moved("security.gcp_project_id", "secrets.gcp_project"),
        Moved("security.gcp_secret_name", "secrets.gcp_secret_name"),
        Moved("security.enable_encryption", "security.encryption_enabled"),
        Moved("security.enable_signing", "security.signing_enabled"),
        Moved("security.enable_pgp", "security.pgp_enabled"),
        Moved("security.aes_key_path", "security.encryption_key_path"),
        Moved("security.rsa_key_path", "security.signing_key_path"),
        Moved("security.rsa_private_key_path", "security.signing_key_path"),
        Moved("security.rsa_public_key_path", "security.public_key_path"),
        Gone("security.pgp_public_key_path", "OpenPGP keys are found in security.pgp_home_dir by security.pgp_key_id"),
        Gone("security.enable_input_sanitization", Bounded),
        Gone("security.max_input_length", Bounded),
        Moved("security.enable_redaction", "compliance.redaction_enabled"),
        Gone("security.redaction_patterns", "fields are named in compliance.pii_fields, not by patterns; secrets are never shown"),

        // Security, nested.
        Moved("security.encryption.enabled", "security.encryption_enabled"),
        Words("security.encryption.algorithm", "security.encryption_algorithm", ("AES-256-GCM", "AES256"), ("AES-256", "AES256"), ("aes256", "AES256")),
        Moved("security.encryption.key_path", "security.encryption_key_path"),
        Moved("security.signing.enabled", "security.signing_enabled"),
        Words("security.signing.algorithm", "security.signing_algorithm", ("RSA-PSS-SHA256", "RSA-PSS"), ("RSA_PSS", "RSA-PSS")),
        Moved("security.signing.key_path", "security.signing_key_path"),
        Moved("security.signing.private_key_path", "security.signing_key_path"),
        Moved("security.signing.public_key_path", "security.public_key_path"),
        Moved("security.pgp.enabled", "security.pgp_enabled"),
        Moved("security.pgp.key_id", "security.pgp_key_id"),
        Moved("security.pgp.home_dir", "security.pgp_home_dir"),
        Moved("security.sbom.enabled", "security.sbom_enabled"),
        Moved("security.sbom.format", "security.sbom_format"),
        Moved("security.slsa.enabled", "security.slsa_enabled"),
        Moved("security.slsa.level", "security.slsa_level"),

        // Compliance.
        Gone("compliance.enabled", "the standards in compliance.enabled_standards are judged; an empty list judges none"),
        Moved("compliance.standards", "compliance.enabled_standards"),
        Words("compliance.mode", "compliance.enforcement_mode", Modes),
        Words("compliance.enforcement_mode", "compliance.enforcement_mode", Modes),
        Words("compliance.strict_mode", "compliance.enforcement_mode", ("true", "block"), ("false", "log")),
        Gone("compliance.soc2_controls_path", NeverRead + "; catalogs are built in"),
        Gone("compliance.iso27001_controls_path", NeverRead + "; catalogs are built in"),
        Gone("compliance.nist_controls_path", NeverRead + "; catalogs are built in"),
        Gone("compliance.gdpr_retention_days", "write compliance.retention_logs, retention_metrics or retention_audit: one number for all was not meant"),
        Gone("compliance.gdpr_enforce_deletion", "retention is a plan that a person applies; nothing is deleted by a setting"),
        Gone("compliance.enable_log_immutability", NeverRead + "; the audit log shows every later change"),
        Gone("compliance.immutable_log_path", NeverRead + "; the audit log shows every later change"),
        Moved("compliance.enable_audit_trail", "compliance.audit_chain_enabled"),

        // Observability.
        Gone("observability.ga_baseline_path", "give it to the command: tars stability --baseline FILE"),
        Seconds("observability.collection_interval_seconds", "observability.step"),
        Gone("observability.anomaly_z_threshold", "scores are probabilities of rarity; tars anomalies --help has the thresholds"),
        Gone("observability.ewma_alpha", "give it to the command: tars anomalies --method ewma --ewma-alpha NUMBER"),

        // The API.
        Moved("api.enable_tls", "api.tls_enabled"),
        Moved("api.enable_cors", "api.cors_enabled"),
        Moved("api.enable_rate_limiting", "api.rate_limit_enabled"),
        Moved("api.rate_limit_window_seconds", "api.rate_limit_window"),
        Gone("api.api_keys", ApiKeys),
        Gone("api.users", ApiKeys),
        Gone("auth.api_keys", ApiKeys),
        Gone("auth.users", ApiKeys),
        Gone("users", ApiKeys),
        Moved("auth.mode", "api.auth_mode"),
        Moved("auth.jwt_secret", "api.jwt_secret"),
        Moved("auth.jwt_algorithm", "api.jwt_algorithm"),
        SecondsToMinutes("auth.jwt_expiry", "api.jwt_expiration_minutes"),
        Moved("rate_limiting.enabled", "api.rate_limit_enabled"),
        Moved("rate_limiting.requests_per_minute", "api.rate_limit_requests"),

        // Secrets, nested.
        Words("secrets.backend", "secrets.backend", Backends),
        Moved("secrets.vault.url", "secrets.vault_url"),
        Moved("secrets.vault.address", "secrets.vault_url"),
        Moved("secrets.vault.token", "secrets.vault_token"),
        Variable("secrets.vault.token_env", "secrets.vault_token"),
        Moved("secrets.vault.mount", "secrets.vault_mount"),
        Moved("secrets.vault.path", "secrets.vault_path"),
        Moved("secrets.aws.region", "secrets.aws_region"),
        Moved("secrets.aws.secret_name", "secrets.aws_secret_name"),
        Moved("secrets.gcp.project", "secrets.gcp_project"),
        Moved("secrets.gcp.project_id", "secrets.gcp_project"),
        Moved("secrets.gcp.secret_name", "secrets.gcp_secret_name"),
        Moved("secrets.file.path", "secrets.secrets_file_path"),

        // The application.
        Gone("app.name", "the product's name is not a setting"),
        Gone("app.version", "a configuration has no version of its own"),
        Gone("app.environment", Profile),
        Gone("app.profile", Profile),
        Moved("app.log_level", "telemetry.log_level"),
        Gone("app.debug", "write telemetry.log_level: DEBUG"),
        Gone("orchestrator", "it belongs to the governance tools, which are not part of T.A.R.S."),
        Gone("packager", "it belongs to the governance tools, which are not part of T.A.R.S."),
    ]).ToFrozenDictionary(rule => rule.From, StringComparer.Ordinal);
}

using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>Sections whose features come later; names and defaults are the original guide's, except that nothing listens to the world or
/// answers every origin by default (the guide: <c>host</c> 0.0.0.0, <c>cors_origins</c> *).</content>
public static partial class TarsSchema
{
    private static SectionType Api() => new(
        "the api section",
        [Key("enabled", Flag, "Whether the API is served.", "true"),
        Key("base_url", Url, "The address clients use.", "http://localhost:8100"),
        Restart(Key("host", new TextType("a host name or address", null, 253), "The address that is listened on.", "127.0.0.1")),
        Restart(Key("port", Integer(1, 65535), "The port that is listened on.", "8100")),
        Key("workers", Integer(1, 1024), "How many requests that compute are served at once.", "4"),
        Key("cors_enabled", Flag, "Whether browsers on other origins may call.", "true"),
        Key("cors_origins", Texts("a list of origins"), "The origins that may call.", "[]"),
        Key("rate_limit_enabled", Flag, "Whether requests are limited.", "true"),
        Key("rate_limit_requests", Integer(1, 1_000_000), "Requests in one window of those for whom rate_limits has no other number.", "30"),
        Key("rate_limit_window", Integer(1, 86400), "The window.", "60", "seconds"),
        Key("rate_limit_login", Integer(1, 1_000_000), "Attempts to log in from one address in one window.", "10"),
        Key("rate_limits", RateLimits(), "Requests in one window by who asks, and of single routes."),
        Restart(Key("tls_enabled", Flag, "Whether the API is served over TLS.", "false")),
        Restart(Key("tls_cert_path", FilePath, "The certificate chain in PEM.")),
        Restart(Key("tls_key_path", FilePath, "The certificate's private key in PEM.")),
        Restart(Key("tls_min_version", new ChoiceType("1.2", "1.3"), "The oldest TLS version that is spoken.", "\"1.2\"")),
        Restart(Key("redirect_port", Integer(1, 65535), "With TLS: a port without it that does nothing but send browsers to the one with it.")),
        Restart(Key("hsts_max_age", new DurationType(TimeSpan.Zero, TimeSpan.FromDays(730)), "How long browsers remember that the API speaks TLS only (HSTS); 0s tells them nothing.", "365d")),
        Restart(Key("trusted_proxies", Texts("a list of addresses and networks", new TextType("an address or a network, such as 10.0.0.0/8", "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$", 49)), "The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; of everybody else they are ignored.", "[]")),
        Key("connections", Connections(), "What a client may send, and how slowly."),
        Key("audit_reads", new ChoiceType("none", "all"), "Whether plain reads are written to the audit log before they are answered; logins, denials, acts and downloads always are.", "none"),
        Key("auth_mode", new ChoiceType("api_key", "jwt", "token"), "How clients authenticate.", "api_key"),
        .. Access]);

    private static SectionType Security() => new(
        "the security section",
        Key("encryption_enabled", Flag, "Whether reports are encrypted.", "false"),
        Key("encryption_algorithm", new ChoiceType("AES256"), "The cipher: AES-256-GCM.", "AES256"),
        Key("encryption_key_path", FilePath, "The encryption key."),
        Key("encryption_key", new SecretType(), "The encryption key itself, from the entry encryption_key of a secret backend or ${NAME}."),
        Key("signing_enabled", Flag, "Whether reports are signed.", "false"),
        Key("signing_algorithm", new ChoiceType("RSA-PSS"), "How reports are signed.", "RSA-PSS"),
        Key("signing_key_path", FilePath, "The private key that signs."),
        Key("signing_key", new SecretType(), "The private key itself in PEM, from the entry signing_key of a secret backend or ${NAME}."),
        Key("public_key_path", FilePath, "The public key that verifies."),
        Key("key_ring", FilePath, "The folder of keys; the usual way to name them."),
        Alias("key_path", "security.key_ring", FilePath),
        Key("key_passphrase", new SecretType(), "The passphrase of the keys, better as ${NAME} from a secret backend; without one they have none."),
        Key("key_passphrase_file", FilePath, "A file with that passphrase, readable by its owner only; a line feed at its end does not count."),
        Key("pkcs11_module", FilePath, "The PKCS #11 library of a token (HSM, smart card) whose keys sign; they never leave it."),
        Key("pkcs11_token_label", new TextType("a token's label", null, 32), "The token's label; needed where the module has several tokens."),
        Key("pkcs11_key_label", new TextType("a key's label", null, 255), "The label (CKA_LABEL) of the keys that sign: one RSA key, one P-256 key, or both."),
        Key("pkcs11_key_id", new TextType("a key's id in hexadecimal digits", "^([0-9A-Fa-f]{2})+$", 128), "The id (CKA_ID) of the keys that sign."),
        Key("pkcs11_pin", new SecretType(), "The token's user PIN, from the entry pkcs11_pin of a secret backend or ${NAME}; not from the command line."),
        Key("pkcs11_pin_file", FilePath, "A file with that PIN, readable by its owner only; a line feed at its end does not count."),
        Key("require_cosignature", Flag, "Whether a signature without its ECDSA co-signature is refused.", "false"),
        Key("timestamp_url", Url, "The RFC 3161 timestamp authority that is asked for the time of each envelope; without it the time is the signer's own claim."),
        Key("timestamp_ca", FilePath, "Certificates in PEM to which its timestamps must lead when they are fetched; without it the authority is not judged then."),
        Key("timestamp_policy", new TextType("an object identifier", "^[0-2](\\.(0|[1-9][0-9]*))+$", 128), "The policy that it must have applied."),
        Key("pgp_enabled", Flag, "Whether reports are written as OpenPGP files as well.", "false"),
        Key("pgp_key_id", new TextType("an OpenPGP key id", "^[0-9A-Fa-f ]+$", 64), "The OpenPGP key that is meant where a command names none."),
        Key("pgp_home_dir", FilePath, "A GnuPG home, whose keys are read and never written."),
        Key("pgp_keyring", FilePath, "A keyring file of OpenPGP keys, which tars pgp import writes."),
        Key("pgp_passphrase", new SecretType(), "The passphrase of the OpenPGP key, better as ${NAME} from a secret backend; without one it has none."),
        Key("pgp_passphrase_file", FilePath, "A file with that passphrase, readable by its owner only; a line feed at its end does not count."),
        Key("sbom_enabled", Flag, "Whether a bill of materials is written.", "false"),
        Key("sbom_format", new ChoiceType("cyclonedx", "spdx"), "Its format.", "cyclonedx"),
        Key("slsa_enabled", Flag, "Whether provenance is written.", "false"),
        Key("slsa_level", Integer(1, 3), "The SLSA build level asked for; a local command can claim 1 at most.", "3"));

    private static SectionType Compliance() => new(
        "the compliance section",
        Key(
            "enabled_standards",
            new ListType(new ChoiceType("soc2", "iso27001", "gdpr", "nist_800_53", "hipaa", "faa_fcc"), "a list of standards"),
            "The standards that are judged.",
            "[]"),
        Key("enforcement_mode", new ChoiceType("log", "warn", "block"), "What follows from a violation.", "log"),
        Key("retention_logs", Integer(1, 36500), "How long logs are kept.", "90", "days"),
        Key("retention_metrics", Integer(1, 36500), "How long metrics and reports are kept.", "365", "days"),
        Key("retention_audit", Integer(1, 36500), "How long the audit log is kept.", "2555", "days"),
        Key("redaction_enabled", Flag, "Whether personal data are redacted.", "true"),
        Key("pii_fields", Texts("a list of field names"), "The fields that hold personal data.", "[email, ip_address, user_id]"),
        Key(
            "redaction_patterns",
            new ListType(new RegexType(), "a list of regular expressions"),
            "Regular expressions of further field names whose values are redacted; case does not count."),
        Restart(Key("audit_chain_enabled", Flag, "Whether the audit log is kept.", "true")),
        Restart(Key("audit_log_path", FilePath, "The audit log: a folder, which tars audit init makes and nothing else.", "./logs/audit")),
        Restart(Key("audit_subjects_path", FilePath, "The folder that holds the keys of the persons in the audit log; beside the log, with .subjects after its name, unless set.")),
        Restart(Key(
            "audit_erasures_path",
            FilePath,
            "The file that keeps the ids of erased persons, where no backup of log and subjects takes it back; beside the folder of subjects, with .erasures after its name, unless set.")),
        Key(
            "audit_required",
            new ListType(new ChoiceType("runs", "seals", "keys", "configuration", "verification", "persons", "store", "access", "all"), "a list of event classes"),
            "What does not happen when it cannot be audited; where there is an audit log, everything is audited or does not happen.",
            "[]"),
        Restart(Key(
            "audit_mirrors",
            Texts("a list of folders and git remotes", new TextType("a folder, or git+file:///…, git+ssh://… or git+https://…", null, 1000)),
            "Where copies of the audit log's checkpoints go at the end of each run: folders elsewhere, and git remotes.",
            "[]")),
        Restart(Key("audit_witnesses", new ListType(Witness(), "a list of witnesses"), "Who cosigns the audit log's checkpoints at the end of each run.")),
        Restart(Key("audit_witness_quorum", Integer(0, 100), "How many of them must have cosigned, or the run ends with exit code 3.", "0")),
        Restart(Key("audit_delivery_timeout", Between(0.1, 300), "How long each mirror and each witness is waited for.", "5s")),
        Restart(Key("audit_delivery_interval", Between(1, 86400), "The least time between two sendings while a command runs on.", "1m")),
        Key("audit_two_person", Flag, "Whether removal from the audit log, release of a hold and a new log after tampering take two persons.", "false"),
        Key(
            "audit_approvers",
            Texts("a list of key fingerprints", new TextType("a key's fingerprint or id", null, 200)),
            "The signing keys of the persons who may ask for that and approve it, one key each.",
            "[]"),
        Key("audit_approval_lifetime", Between(60, 30 * 86400), "How long a request can be approved and used.", "24h"));

    private static SectionType Witness() => new(
        "a witness",
        Must("url", Url, "Where it answers."),
        Must("name", new TextType("a key's name without white space and plus signs", "^[^\\s+]+$", 250), "Its name in cosignatures, such as witness.example.net/w1."),
        Must("key_path", FilePath, "Its public key, PEM."));
}

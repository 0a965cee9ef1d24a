using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>Where secrets come from. The keys of the original guide, and those that say how to log in and how long to keep what was found.</content>
public static partial class TarsSchema
{
    private static readonly ChoiceType SecretBackendNames = new("env", "file", "vault", "aws", "gcp", "azure");
    private static readonly ChoiceType ChainStep = new("stop", "next");

    private static SectionType Secrets() => new(
        "the secrets section",
        [
            Key("backend", SecretBackendNames, "Where secrets come from.", "env"),
            Key("chain", new ListType(SecretBackendNames, "a list of backends"), "Backends that are asked in this order, instead of backend: the next one when a secret is absent."),
            Key("on_refused", ChainStep, "What a chain does when a backend refuses: stop, or ask the next.", "stop"),
            Key("on_unreachable", ChainStep, "What a chain does when a backend cannot be reached: stop, or ask the next.", "stop"),
            Key("cache_lifetime", Between(1, 86400), "How long a value is good; it is refreshed in the background before that.", "5m"),
            Key("cache_grace", Between(0, 7 * 86400), "How long a value is kept past its lifetime while its backend cannot be reached.", "1h"),
            Key("timeout", Between(0.1, 120), "How long one request to a backend may take.", "10s"),
            Key("retries", Integer(0, 10), "How often a request is sent again when the backend is busy or the connection breaks.", "2"),
            Key("secrets_file_path", FilePath, "The file (YAML or JSON), or folder of files, that holds secrets."),
            Key("file_group_read", Flag, "Whether the group of a secret's file may read it, as with a Kubernetes secret volume and fsGroup.", "false"),
            Key("vault_url", Url, "The address of Vault."),
            Key("vault_namespace", new TextType("a namespace", "^[A-Za-z0-9_./-]+$", 256), "The namespace of Vault Enterprise."),
            Key("vault_mount", new TextType("a mount", "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", 256), "The mount of Vault's key-value store.", "secret"),
            Key("vault_path", new TextType("a path", "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", 512), "The path below the mount of the secret whose fields ${NAME} asks for.", "tars"),
            Key("vault_kv_version", new ChoiceType("auto", "1", "2"), "The version of the key-value store at vault_mount; auto asks Vault.", "auto"),
            Key("vault_auth", new ChoiceType("token", "approle", "kubernetes", "jwt"), "How to log in to Vault.", "token"),
            Key("vault_auth_mount", new TextType("a mount", "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", 256), "The mount of the login method; without it, the method's name."),
            Key("vault_token", new SecretType(), "Vault's token; better ${VAULT_TOKEN}."),
            Key("vault_token_file", FilePath, "A file that holds Vault's token, read again when the token is refused."),
            Key("vault_role", new TextType("a role", "^[A-Za-z0-9_.@-]+$", 256), "The role of the Kubernetes or JWT login."),
            Key("vault_role_id", new SecretType(), "The role id of the AppRole login."),
            Key("vault_role_id_file", FilePath, "A file that holds the role id."),
            Key("vault_secret_id", new SecretType(), "The secret id of the AppRole login; better ${NAME}."),
            Key("vault_secret_id_file", FilePath, "A file that holds the secret id, read at every login."),
            Key("vault_jwt_file", FilePath, "The file of the Kubernetes or JWT login's token, read at every login; in a pod its service account's by default."),
            Key("vault_ca_file", FilePath, "The certificates in PEM that Vault's certificate must lead to, instead of the system's."),
            Key("vault_client_cert_file", FilePath, "The client certificate in PEM, where Vault asks for one."),
            Key("vault_client_key_file", FilePath, "The client certificate's private key in PEM."),
            .. CloudSecrets()]);
}

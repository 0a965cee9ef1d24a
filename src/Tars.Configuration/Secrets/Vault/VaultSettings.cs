using Tars.Configuration.Layers;
using Tars.Configuration.Secrets.Files;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>Reads Vault's part of the <c>secrets</c> section.</summary>
internal static class VaultSettings
{
    private const string PodToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    /// <summary>Returns the backend, or null after at least one problem.</summary>
    public static VaultSecrets? Read(SettingsSection secrets, TimeProvider time, ICollection<SettingsProblem> problems)
    {
        int before = problems.Count;
        if (!secrets.Has("vault_url"))
        {
            problems.Add(Missing(secrets, "vault_url", "Vault's address, such as https://vault.example.com:8200"));
        }

        VaultLogin? login = Login(secrets, problems);
        if (secrets.Has("vault_client_key_file") && !secrets.Has("vault_client_cert_file"))
        {
            problems.Add(secrets.Problem("vault_client_key_file", "is a key without certificate; write vault_client_cert_file as well"));
        }

        if (problems.Count > before || login is null)
        {
            return null;
        }

        try
        {
            return new VaultSecrets(
                new VaultOptions
                {
                    Url = secrets.Url("vault_url"),
                    Login = login,
                    Namespace = secrets.TextOrNull("vault_namespace"),
                    Mount = secrets.Text("vault_mount"),
                    Path = secrets.Text("vault_path"),
                    KvVersion = secrets.Text("vault_kv_version") switch { "1" => 1, "2" => 2, _ => null },
                    Timeout = secrets.Duration("timeout"),
                    Retries = secrets.Integer("retries"),
                    CertificateAuthorityFile = secrets.FilePathOrNull("vault_ca_file"),
                    ClientCertificateFile = secrets.FilePathOrNull("vault_client_cert_file"),
                    ClientKeyFile = secrets.FilePathOrNull("vault_client_key_file"),
                },
                time);
        }
        catch (VaultFileException failure)
        {
            problems.Add(secrets.Problem(failure.Key, failure.Message));
            return null;
        }
    }

    private static VaultLogin? Login(SettingsSection secrets, ICollection<SettingsProblem> problems)
    {
        string method = secrets.Text("vault_auth");
        string mount = secrets.TextOrNull("vault_auth_mount") ?? method;
        switch (method)
        {
            case "token":
                return Given(secrets, "vault_token", problems) is Credential token ? new VaultLogin.ByToken(token) : null;
            case "approle":
                Credential? role = Given(secrets, "vault_role_id", problems);
                Credential? secret = Given(secrets, "vault_secret_id", problems);
                return role is not null && secret is not null ? new VaultLogin.ByAppRole(mount, role, secret) : null;
            default:
                bool isPod = method == "kubernetes";
                if (isPod && !secrets.Has("vault_role"))
                {
                    problems.Add(Missing(secrets, "vault_role", "the role that Vault knows this service by"));
                }

                string? file = secrets.FilePathOrNull("vault_jwt_file") ?? (isPod ? PodToken : null);
                if (file is null)
                {
                    problems.Add(Missing(secrets, "vault_jwt_file", "the file that holds the token to log in with"));
                }

                return file is null ? null : new VaultLogin.ByJwt(mount, secrets.TextOrNull("vault_role"), new Credential.InFile(file, FileRule.Anybody));
        }
    }

    private static Credential? Given(SettingsSection secrets, string key, ICollection<SettingsProblem> problems)
    {
        string fileKey = key + "_file";
        bool isFile = secrets.Has(fileKey);
        if (secrets.Has(key) == isFile)
        {
            problems.Add(isFile
                ? secrets.Problem(fileKey, $"is written beside {key}; keep one")
                : Missing(secrets, key, $"it as ${{NAME}}, or {fileKey}"));
            return null;
        }

        return isFile
            ? new Credential.InFile(secrets.FilePathOrNull(fileKey)!, secrets.Flag("file_group_read") ? FileRule.GroupMayRead : FileRule.OwnerOnly)
            : new Credential.Given(Secret.Of(secrets.Text(key)), $"{secrets.Path}.{key}");
    }

    private static SettingsProblem Missing(SettingsSection secrets, string key, string expectation) =>
        secrets.Problem(key, $"is missing, for the backend vault with vault_auth {secrets.Text("vault_auth")}; write {expectation}");
}

using System.Text;
using Tars.Application.Checkpoints;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;

namespace Tars.Application.Settings.Refusals;

/// <summary>Keys that belong together, in every profile.</summary>
internal static class FittingChecks
{
    /// <summary>What holds whatever the command is.</summary>
    public static void Always(LoadedSettings loaded, ICollection<SettingsProblem> problems)
    {
        Audit(loaded.Section("compliance"), problems);
        SettingsSection storage = loaded.Section("storage");
        Together(storage, "database_user", "database_url", problems);
        Together(storage, "database_password", "database_user", problems);
        Together(storage, "redis_user", "redis_url", problems);
        Together(storage, "redis_password", "redis_url", problems);
        SettingsSection blobs = storage.Section("blobs");
        Together(blobs, "prefix", "bucket", problems);
        Together(blobs, "endpoint_url", "bucket", problems);
        Together(blobs, "access_key_id", "bucket", problems);
        Together(blobs, "access_key_id", "secret_access_key", problems);
        Together(blobs, "secret_access_key", "access_key_id", problems);
        SettingsSection notifications = loaded.Section("notifications");
        SettingsSection smtp = notifications.Section("smtp");
        Together(smtp, "password", "username", problems);
        foreach ((_, SettingsSection channel) in notifications.NamedSections("channels"))
        {
            if (!channel.Has("email") && !channel.Has("webhook_url"))
            {
                problems.Add(channel.Problem(null, "reaches nobody; write email or webhook_url"));
            }

            if (channel.Has("email") && (!smtp.Has("host") || !smtp.Has("from")))
            {
                problems.Add(channel.Problem("email", "needs a mail server; write notifications.smtp.host and notifications.smtp.from"));
            }

            Together(channel, "webhook_secret", "webhook_url", problems);
        }
    }

    /// <summary>What the audit log's mirrors and witnesses need.</summary>
    private static void Audit(SettingsSection compliance, ICollection<SettingsProblem> problems)
    {
        foreach (string refusal in compliance.Texts("audit_mirrors").Select(GitMirror.Refusal).OfType<string>())
        {
            problems.Add(compliance.Problem("audit_mirrors", refusal));
        }

        int witnesses = compliance.Sections("audit_witnesses").Count;
        if (compliance.Integer("audit_witness_quorum") > witnesses)
        {
            problems.Add(compliance.Problem("audit_witness_quorum", $"asks for more witnesses than the {witnesses} of audit_witnesses"));
        }
    }

    /// <summary>What sealing needs, when it is asked for.</summary>
    public static void Sealing(LoadedSettings loaded, ICollection<SettingsProblem> problems)
    {
        SettingsSection security = loaded.Section("security");
        NeedsKey(loaded, security, "signing_enabled", "signing_key", "signing", problems);
        Together(security, "pkcs11_token_label", "pkcs11_module", problems);
        Together(security, "pkcs11_key_label", "pkcs11_module", problems);
        Together(security, "pkcs11_key_id", "pkcs11_module", problems);
        Together(security, "pkcs11_pin", "pkcs11_module", problems);
        Together(security, "pkcs11_pin_file", "pkcs11_module", problems);
        if (security.Flag("signing_enabled"))
        {
            FileExists(loaded, security, "pkcs11_module", problems);
            FileExists(loaded, security, "pkcs11_pin_file", problems);
        }

        NeedsKey(loaded, security, "encryption_enabled", "encryption_key", "encryption", problems);
        if ((security.Flag("signing_enabled") || security.Flag("encryption_enabled"))
            && security.FilePathOrNull("key_ring") is string ring
            && !Directory.Exists(Path.Combine(loaded.WorkingFolder, ring)))
        {
            problems.Add(security.Problem("key_ring", $"there is no folder {ring}") with { Hint = $"'tars keys create signing --ring {ring}' and 'tars keys create encryption --ring {ring}' make it" });
        }
    }

    /// <summary>What serving the API needs.</summary>
    public static void Api(LoadedSettings loaded, ICollection<SettingsProblem> problems)
    {
        SettingsSection api = loaded.Section("api");
        if (!api.Flag("enabled"))
        {
            return;
        }

        if (api.Flag("tls_enabled"))
        {
            foreach ((string key, string what) in (ReadOnlySpan<(string, string)>)[("tls_cert_path", "certificate"), ("tls_key_path", "certificate's private key")])
            {
                if (!api.Has(key))
                {
                    problems.Add(api.Problem("tls_enabled", $"needs a {what}; write api.{key}"));
                }

                FileExists(loaded, api, key, problems);
            }
        }

        SettingsSection oidc = api.Section("oidc");
        if (oidc.Has("issuer") && oidc.Url("issuer") is { IsLoopback: false } issuer && issuer.Scheme != Uri.UriSchemeHttps)
        {
            problems.Add(oidc.Problem("issuer", "is not encrypted, and whoever answers in its place makes administrators; write https://"));
        }

        Together(oidc, "roles", "issuer", problems);
        if (oidc.Has("issuer") && oidc.TextMap("roles").Count == 0)
        {
            problems.Add(oidc.Problem("issuer", "lets nobody in without roles; write api.oidc.roles: {value-of-the-claim: readonly}"));
        }

        FileExists(loaded, oidc, "ca_path", problems);
        if (api.Text("auth_mode") != "jwt")
        {
            return;
        }

        // RFC 7518, section 3.2: a key of the hash's size or larger.
        string algorithm = api.Text("jwt_algorithm");
        int least = algorithm switch
        {
            "HS384" => 48,
            "HS512" => 64,
            _ => 32,
        };
        Together(api, "jwt_previous_secret", "jwt_secret", problems);
        if (api.Has("jwt_previous_secret") && Encoding.UTF8.GetByteCount(api.Text("jwt_previous_secret")) < least)
        {
            problems.Add(api.Problem("jwt_previous_secret", $"is shorter than {least} bytes, the least for {algorithm}"));
        }

        SettingsSection logins = api.Section("logins");
        if (logins.Duration("absolute") < logins.Duration("idle"))
        {
            problems.Add(logins.Problem("absolute", "is less than idle; a login cannot be unused for longer than it can be continued"));
        }

        if (!api.Has("jwt_secret"))
        {
            problems.Add(api.Problem(
                "auth_mode", "jwt needs a secret; write api.jwt_secret: ${NAME}, or put jwt_secret into the secret backend (make one with 'openssl rand -base64 48')"));
        }
        else if (Encoding.UTF8.GetByteCount(api.Text("jwt_secret")) < least)
        {
            problems.Add(api.Problem("jwt_secret", $"is shorter than {least} bytes, the least for {algorithm}; make one with 'openssl rand -base64 48'"));
        }
    }

    private static void NeedsKey(
        LoadedSettings loaded, SettingsSection security, string flag, string key, string what, ICollection<SettingsProblem> problems)
    {
        if (!security.Flag(flag))
        {
            return;
        }

        bool inToken = flag == "signing_enabled" && security.Has("pkcs11_module");
        if (!security.Has("key_ring") && !security.Has(key + "_path") && !security.Has(key) && !inToken)
        {
            problems.Add(security.Problem(flag, $"{what} needs a key; write security.key_ring or security.{key}_path, or put {key} into the secret backend") with
            {
                Hint = TarsSchema.Instance.SecretEntries.First(entry => entry.Name == key).Instead,
            });
        }

        FileExists(loaded, security, key + "_path", problems);
    }

    private static void FileExists(LoadedSettings loaded, SettingsSection section, string key, ICollection<SettingsProblem> problems)
    {
        if (section.FilePathOrNull(key) is string path && !File.Exists(Path.Combine(loaded.WorkingFolder, path)))
        {
            problems.Add(section.Problem(key, $"there is no file {path}"));
        }
    }

    private static void Together(SettingsSection section, string key, string needed, ICollection<SettingsProblem> problems)
    {
        if (section.Has(key) && !section.Has(needed))
        {
            problems.Add(section.Problem(key, $"is given without {needed}; write {needed}, or leave it out"));
        }
    }
}

using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>The entries of a secret backend that reach a key by their name. The table in docs/guides/configuration.md shows the same.</content>
public static partial class TarsSchema
{
    private static readonly SecretEntry[] Entries =
    [
        new("jwt_secret", "api.jwt_secret", root => root.Section("api") is var api && api.Flag("enabled") && api.Text("auth_mode") == "jwt") { Use = SecretUses.Service },
        new("encryption_key", "security.encryption_key", root => NeedsKey(root, "encryption_enabled", "encryption_key_path"))
        {
            Instead = "'tars keys create encryption --ring DIR' makes a key; then write security.key_ring: DIR",
        },
        new("signing_key", "security.signing_key", root => NeedsKey(root, "signing_enabled", "signing_key_path"))
        {
            Instead = "'tars keys create signing --ring DIR' makes the keys; then write security.key_ring: DIR",
        },
        new("pkcs11_pin", "security.pkcs11_pin", root => root.Section("security") is var security && security.Has("pkcs11_module") && !security.Has("pkcs11_pin_file")),
        new("prometheus_password", "observability.auth.password", root => root.Section("observability").Section("auth") is var auth && auth.Has("username") && !auth.Has("password_file")),
        new("database_password", "storage.database_password", root => root.Section("storage").Has("database_user")),
        new("redis_password", "storage.redis_password", root => root.Section("storage").Has("redis_user")),
        new("blob_secret_access_key", "storage.blobs.secret_access_key", root => root.Section("storage").Section("blobs").Has("access_key_id")),
        new("smtp_password", "notifications.smtp.password", root => root.Section("notifications").Section("smtp").Has("username")),
    ];

    private static bool NeedsKey(SettingsSection root, string flag, string path)
    {
        SettingsSection security = root.Section("security");
        return security.Flag(flag) && !security.Has(path) && !security.Has("key_ring") && !(flag == "signing_enabled" && security.Has("pkcs11_module"));
    }
}

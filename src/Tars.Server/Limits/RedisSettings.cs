using System.Globalization;
using StackExchange.Redis;
using Tars.Configuration.Layers;

namespace Tars.Server.Limits;

/// <summary>Where Redis is, which replicas share.</summary>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
/// <param name="IsSecure">Whether TLS is spoken.</param>
/// <param name="Database">The database's number.</param>
/// <param name="User">The user; null for the default one.</param>
/// <param name="Password">Its password; null where it has none.</param>
internal sealed record RedisSettings(string Host, int Port, bool IsSecure, int Database, string? User, string? Password)
{
    private const int DefaultPort = 6379;

    /// <summary>What the section <c>storage</c> says; null where it names no Redis.</summary>
    public static RedisSettings? Of(LoadedSettings loaded)
    {
        SettingsSection storage = loaded.Section("storage");
        if (!storage.Has("redis_url"))
        {
            return null;
        }

        Uri address = storage.Url("redis_url");
        _ = int.TryParse(address.AbsolutePath.Trim('/'), NumberStyles.None, CultureInfo.InvariantCulture, out int database);
        return new RedisSettings(
            address.IdnHost, address.Port < 0 ? DefaultPort : address.Port, address.Scheme == "rediss", database, storage.TextOrNull("redis_user"), storage.TextOrNull("redis_password"));
    }

    /// <summary>The server, without anything secret.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>As the client takes them: what cannot be sent at once fails at once, and the connection comes back by itself.</summary>
    public ConfigurationOptions ToOptions(TimeSpan patience) => new()
    {
        EndPoints = { { Host, Port } },
        Ssl = IsSecure,
        CheckCertificateRevocation = false, // asks others over the network
        DefaultDatabase = Database,
        User = User,
        Password = Password,
        ClientName = "tars",
        AbortOnConnectFail = false,
        ConnectRetry = 1,
        ConnectTimeout = (int)patience.TotalMilliseconds,
        AsyncTimeout = (int)patience.TotalMilliseconds,
        BacklogPolicy = BacklogPolicy.FailFast,
        ReconnectRetryPolicy = new LinearRetry(100),
        HeartbeatInterval = TimeSpan.FromMilliseconds(250),
        TieBreaker = string.Empty,
        ConfigurationChannel = string.Empty,
        IncludeDetailInExceptions = false,
    };
}

using System.Security.Authentication;
using Tars.Application.Settings.Refusals;
using Tars.Configuration;
using Tars.Configuration.Layers;

namespace Tars.Server.Transport;

/// <summary>What the section <c>api</c> says about connections.</summary>
/// <param name="IsSecure">Whether TLS is spoken.</param>
/// <param name="Certificate">The certificate chain, PEM; null without TLS.</param>
/// <param name="Key">Its private key, PEM; null without TLS.</param>
/// <param name="Protocols">The TLS versions that are spoken.</param>
/// <param name="RedirectPort">A port without TLS that sends browsers to the one with it; null for none.</param>
/// <param name="PublicPort">The port with TLS.</param>
/// <param name="BaseUrl">The address that clients use.</param>
/// <param name="HstsMaxAge">How long browsers remember; zero for not at all.</param>
/// <param name="Origins">The origins whose pages may call; <c>*</c> for every one.</param>
/// <param name="Trusted">The proxies that are believed.</param>
/// <param name="NeedsSecureClients">Whether a request that came without TLS, by itself or as a trusted proxy says, is refused.</param>
/// <param name="Limits">What a client may send, and how slowly.</param>
public sealed record TransportSettings(
    bool IsSecure,
    string? Certificate,
    string? Key,
    SslProtocols Protocols,
    int? RedirectPort,
    int PublicPort,
    Uri BaseUrl,
    TimeSpan HstsMaxAge,
    IReadOnlyCollection<string> Origins,
    TrustedProxies Trusted,
    bool NeedsSecureClients,
    ConnectionLimits Limits)
{
    /// <summary>Binds the section.</summary>
    /// <param name="loaded">The configuration, with <c>--no-tls</c> and the like in its topmost layer.</param>
    /// <exception cref="SettingsException">It cannot be served so: in <c>prod</c> a server without TLS has a trusted proxy in front of it, or does not start.</exception>
    public static TransportSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection api = loaded.Section("api");
        bool isSecure = api.Flag("tls_enabled");
        bool isProduction = loaded.Profile == ProductionRules.Profile;
        TrustedProxies trusted = TrustedProxies.Of(loaded);
        if (isProduction && !isSecure && trusted.IsEmpty)
        {
            throw new SettingsException([api.Problem("tls_enabled", "is off, and nobody in front is trusted to speak TLS instead; name the proxy with api.trusted_proxies, or turn TLS on")]);
        }

        SettingsSection connections = api.Section("connections");
        return new TransportSettings(
            isSecure,
            isSecure ? PathOf(loaded, api, "tls_cert_path") : null,
            isSecure ? PathOf(loaded, api, "tls_key_path") : null,
            ProtocolsOf(api.Text("tls_min_version")),
            isSecure && api.Has("redirect_port") ? api.Integer("redirect_port") : null,
            api.Integer("port"),
            api.Url("base_url"),
            api.Duration("hsts_max_age"),
            api.Flag("cors_enabled") ? [.. api.Texts("cors_origins").Select(origin => origin.TrimEnd('/'))] : [],
            trusted,
            isProduction,
            new ConnectionLimits(
                connections.Integer("limit"),
                connections.Bytes("max_body"),
                (int)connections.Bytes("max_headers"),
                connections.Duration("header_timeout"),
                connections.Duration("idle_timeout"),
                connections.Bytes("min_rate")));
    }

#pragma warning disable CA5398 // the least version is what the setting is about; a newer one than 1.3 does not exist
    private static SslProtocols ProtocolsOf(string least) => least == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    private static string PathOf(LoadedSettings loaded, SettingsSection api, string key) => api.FilePathOrNull(key) is { } path
        ? Path.GetFullPath(Path.Combine(loaded.WorkingFolder, path))
        : throw new SettingsException([api.Problem("tls_enabled", $"needs api.{key}")]);
}

/// <summary>What a client may send, and how slowly.</summary>
/// <param name="Connections">Connections at once.</param>
/// <param name="Body">Bytes of a body.</param>
/// <param name="Headers">Bytes of all headers together.</param>
/// <param name="HeaderTimeout">How long the head of a request may take.</param>
/// <param name="IdleTimeout">How long a connection may wait for a request.</param>
/// <param name="MinRate">Bytes a second that a body has to bring, and an answer to be taken.</param>
public sealed record ConnectionLimits(int Connections, long Body, int Headers, TimeSpan HeaderTimeout, TimeSpan IdleTimeout, long MinRate);

using Tars.Application.Sealing;
using Tars.Configuration.Layers;
using Tars.Server.Access.External;
using Tars.Server.Access.Passwords;

namespace Tars.Server.Access;

/// <summary>What the section <c>api</c> says about who may come in.</summary>
/// <param name="Tokens">How access and refresh tokens are made; null where there is no <c>jwt_secret</c>: then nobody can log in, and API keys alone are taken.</param>
/// <param name="Passwords">Which passwords may be set.</param>
/// <param name="Lockout">What follows from failed logins.</param>
/// <param name="SecondFactor">The roles that log in with a second factor.</param>
/// <param name="LoginsAtOnce">How many passwords are looked at in the same moment.</param>
/// <param name="LoginsWaiting">How many logins wait for that, before others are turned away.</param>
public sealed record AccessSettings(
    TokenSettings? Tokens, PasswordPolicy Passwords, LockoutSettings Lockout, IReadOnlyCollection<Role> SecondFactor, int LoginsAtOnce, int LoginsWaiting)
{
    /// <summary>The issuer of tokens from elsewhere; null where none is trusted.</summary>
    public ExternalIssuerSettings? ExternalIssuer { get; init; }

    /// <summary>Logins by the SHA-256 thumbprint of their client certificate, lower-case hexadecimal; empty where certificates are not asked for.</summary>
    public IReadOnlyDictionary<string, string> Certificates { get; init; } = new Dictionary<string, string>();

    /// <summary>Binds the section.</summary>
    public static AccessSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection api = loaded.Section("api");
        SettingsSection logins = api.Section("logins");
        TokenSettings? tokens = !api.Has("jwt_secret") ? null : new TokenSettings(
            api.Text("jwt_secret"), api.TextOrNull("jwt_previous_secret"), api.Text("jwt_algorithm"), api.Text("jwt_issuer"), api.Text("jwt_audience"),
            TimeSpan.FromMinutes(api.Integer("jwt_expiration_minutes")), logins.Duration("idle"), logins.Duration("absolute"), logins.Duration("refresh_grace"), logins.Duration("key_rotation"));
        return new AccessSettings(
            tokens,
            new PasswordPolicy(logins.Integer("password_length")),
            new LockoutSettings(logins.Integer("failures"), logins.Duration("pause"), logins.Duration("longest_pause")),
            [.. api.Texts("require_mfa").Select(name => RoleNames.Parse(name)!.Value)],
            logins.Integer("at_once"),
            logins.Integer("waiting"))
        {
            ExternalIssuer = ExternalIssuerSettings.Of(api.Section("oidc"), path => SealingSettings.PathOf(loaded, api.Section("oidc"), path)),
            Certificates = api.TextMap("client_certificates").ToDictionary(pair => pair.Value.Replace(":", string.Empty, StringComparison.Ordinal).ToLowerInvariant(), pair => pair.Key),
        };
    }
}

/// <summary>How access and refresh tokens are made.</summary>
/// <param name="Secret">The installation's secret: keys are derived from it, and it is used for nothing itself.</param>
/// <param name="PreviousSecret">The one before, whose tokens still hold; null when there is none.</param>
/// <param name="Algorithm">What signs access tokens: <c>HS256</c>, <c>HS384</c>, <c>HS512</c> or <c>ES256</c>.</param>
/// <param name="Issuer">Value of <c>iss</c>.</param>
/// <param name="Audience">Value of <c>aud</c>.</param>
/// <param name="Lifetime">How long an access token holds.</param>
/// <param name="Idle">How long a refresh token can be used.</param>
/// <param name="Absolute">How long a login can be continued at all.</param>
/// <param name="Grace">How long after a rotation a lost answer is given again.</param>
/// <param name="KeyRotation">How long one ES256 key signs.</param>
public sealed record TokenSettings(
    string Secret, string? PreviousSecret, string Algorithm, string Issuer, string Audience, TimeSpan Lifetime, TimeSpan Idle, TimeSpan Absolute, TimeSpan Grace, TimeSpan KeyRotation)
{
    /// <inheritdoc/>
    public override string ToString() => $"tokens of {Issuer} for {Audience}, {Algorithm}"; // a secret stands in no log
}

/// <summary>What follows from failed logins.</summary>
/// <param name="Failures">How many may fail before attempts are not looked at for a while.</param>
/// <param name="Pause">The first while; each further failure doubles it.</param>
/// <param name="LongestPause">The longest.</param>
public sealed record LockoutSettings(int Failures, TimeSpan Pause, TimeSpan LongestPause);

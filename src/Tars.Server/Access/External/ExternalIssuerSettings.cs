using Tars.Configuration.Layers;

namespace Tars.Server.Access.External;

/// <summary>An issuer elsewhere (OpenID Connect) whose tokens are taken.</summary>
/// <param name="Issuer">Value of <c>iss</c>; its discovery document is below it.</param>
/// <param name="Audience">Value of <c>aud</c>.</param>
/// <param name="LoginClaim">The claim that names the person.</param>
/// <param name="RoleClaim">The claim, a text or a list of texts, that says what the person is.</param>
/// <param name="Roles">Roles by the values of that claim.</param>
/// <param name="Algorithms">What may have signed.</param>
/// <param name="CertificateAuthority">Certificates in PEM that the issuer's TLS certificate must lead to; null for the system's.</param>
public sealed record ExternalIssuerSettings(
    Uri Issuer, string Audience, string LoginClaim, string RoleClaim, IReadOnlyDictionary<string, Role> Roles, IReadOnlyCollection<string> Algorithms, string? CertificateAuthority)
{
    /// <summary>Binds the section; null where no issuer is named.</summary>
    /// <param name="oidc">The section.</param>
    /// <param name="pathOf">Where the file of a key is.</param>
    public static ExternalIssuerSettings? Of(SettingsSection oidc, Func<string, string?> pathOf)
    {
        ArgumentNullException.ThrowIfNull(oidc);
        ArgumentNullException.ThrowIfNull(pathOf);
        return !oidc.Has("issuer") ? null : new ExternalIssuerSettings(
            oidc.Url("issuer"), oidc.Text("audience"), oidc.Text("login_claim"), oidc.Text("role_claim"),
            oidc.TextMap("roles").ToDictionary(pair => pair.Key, pair => RoleNames.Parse(pair.Value)!.Value), oidc.Texts("algorithms").ToHashSet(), pathOf("ca_path"));
    }
}

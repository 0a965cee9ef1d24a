using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>Who may come in over the API.</content>
public static partial class TarsSchema
{
    // Made anew when they are asked for: the order in which fields of several files are set is not defined.
    private static ChoiceType RoleName => new("readonly", "sre", "admin");

    private static SettingsKey[] Access =>
    [
        Restart(Key("jwt_secret", new SecretType(), "The secret that tokens are made with, 32 bytes or more; better ${NAME}, or the entry jwt_secret of a secret backend.")),
        Restart(Key("jwt_previous_secret", new SecretType(), "The secret before, while tokens that were made with it still hold; better ${NAME}.")),
        Restart(Key("jwt_algorithm", new ChoiceType("HS256", "HS384", "HS512", "ES256"), "How access tokens are signed; with ES256 others can verify them by /.well-known/jwks.json.", "HS256")),
        Restart(Key("jwt_issuer", new TextType("a token's issuer", null, 255), "Who makes the tokens: their claim iss.", "tars")),
        Restart(Key("jwt_audience", new TextType("a token's audience", null, 255), "Whom the tokens are for: their claim aud.", "tars-api")),
        Restart(Key("jwt_expiration_minutes", Integer(1, 1440), "How long a token is good for.", "60", "minutes")),
        Restart(Key("require_mfa", new ListType(RoleName, "a list of roles"), "The roles that log in with a second factor.", "[]")),
        Restart(Key("logins", Logins(), "Logging in with a password.")),
        Restart(Key("oidc", ExternalIssuer(), "An issuer elsewhere (OpenID Connect) whose bearer tokens are taken.")),
        Restart(Key(
            "client_certificates",
            new MapType(new TextType("a SHA-256 thumbprint in hexadecimal digits", "^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$", 95), "a map of logins and thumbprints", "^[A-Za-z0-9][A-Za-z0-9._@+-]*$"),
            "TLS client certificates by the login whose they are, each by its SHA-256 thumbprint; without any, no certificate is asked for.")),
    ];

    private static SectionType Logins() => new(
        "the logins",
        Key("password_length", Integer(8, 128), "The least number of characters of a new password.", "12"),
        Key("failures", Integer(1, 100), "How many attempts of one user may fail before none is looked at for a while.", "5"),
        Key("pause", Between(1, 3600), "That while; each further failure doubles it.", "30s"),
        Key("longest_pause", Between(1, 86400), "The longest it becomes.", "15m"),
        Key("at_once", Integer(1, 64), "How many passwords are looked at in the same moment; each takes 19 MiB and a core.", "2"),
        Key("waiting", Integer(0, 1000), "How many logins wait for that, before others are answered 503.", "8"),
        Key("idle", Between(60, 365 * 86400), "How long a login can be continued when it is not used: the life of a refresh token.", "7d"),
        Key("absolute", Between(60, 365 * 86400), "How long a login can be continued at all.", "30d"),
        Key("refresh_grace", Between(0, 3600), "How long the answer to a refresh that was lost on the way is given again, unless its token was used.", "2m"),
        Key("key_rotation", Between(60, 365 * 86400), "How long one ES256 key signs, before a new one does.", "30d"));

    private static SectionType ExternalIssuer() => new(
        "an issuer of tokens",
        Key("issuer", Url, "Its address, letter for letter as in the claim iss; its discovery document is below it."),
        Key("audience", new TextType("a token's audience", null, 255), "Whom its tokens must be for: their claim aud.", "tars-api"),
        Key("login_claim", new TextType("a claim's name", null, 255), "The claim that names the person; without it the claim sub does.", "preferred_username"),
        Key("role_claim", new TextType("a claim's name", null, 255), "The claim, a text or a list of texts, that is looked up in roles.", "roles"),
        Key("roles", new MapType(RoleName, "a map of values and roles"), "Roles by the values of that claim; who has none of them is refused."),
        Key("algorithms", new ListType(new ChoiceType("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"), "a list of algorithms"), "What may have signed.", "[RS256, PS256, ES256]"),
        Key("ca_path", FilePath, "Certificates in PEM that its TLS certificate must lead to, instead of the system's."));
}

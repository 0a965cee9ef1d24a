using System.Text.Json.Serialization;

namespace Tars.Server.Access.Logins;

/// <summary>The body of <c>POST /auth/login</c> and <c>POST /auth/factor</c>.</summary>
/// <param name="Username">The login.</param>
/// <param name="Password">The password.</param>
/// <param name="Code">Six digits of the second factor; not needed without one.</param>
public sealed record LoginForm(string? Username, string? Password, string? Code = null)
{
    /// <inheritdoc/>
    public override string ToString() => "(a login)"; // a password stands in no log
}

/// <summary>The body of <c>POST /auth/refresh</c> and <c>POST /auth/logout</c>.</summary>
/// <param name="RefreshToken">The refresh token.</param>
public sealed record RefreshForm(string? RefreshToken)
{
    /// <inheritdoc/>
    public override string ToString() => "(a refresh token)";
}

/// <summary>What a login or a refresh gives.</summary>
/// <param name="AccessToken">Shown in <c>Authorization: Bearer</c>.</param>
/// <param name="RefreshToken">Good once, for the next pair.</param>
/// <param name="TokenType">Always <c>bearer</c>.</param>
/// <param name="ExpiresIn">How long the access token holds, seconds.</param>
/// <param name="Role">The user's role.</param>
public sealed record TokenAnswer(string AccessToken, string RefreshToken, string TokenType, long ExpiresIn, string Role);

/// <summary>What <c>POST /auth/factor</c> gives.</summary>
/// <param name="Secret">The secret, base32, to be typed into an authenticator app.</param>
/// <param name="OtpauthUri">The same as an address.</param>
public sealed record FactorAnswer(string Secret, string OtpauthUri);

/// <summary>Who calls.</summary>
/// <param name="UserId">The user; null for a person of another issuer who is no user here.</param>
/// <param name="Login">The name.</param>
/// <param name="Role">What may be done with the credential that was shown.</param>
/// <param name="Credential">What that is.</param>
/// <param name="SecondFactor">Whether the user has a second factor that is confirmed.</param>
public sealed record MeAnswer(Guid? UserId, string Login, string Role, string Credential, bool SecondFactor);

/// <summary>The forms of JSON under <c>/auth</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LoginForm))]
[JsonSerializable(typeof(RefreshForm))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(FactorAnswer))]
[JsonSerializable(typeof(MeAnswer))]
internal sealed partial class LoginJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Tars.Server.Administration;

/// <summary>A new user.</summary>
/// <param name="Username">The login.</param>
/// <param name="Role">The role.</param>
/// <param name="Password">The password; null for a user who shows API keys or certificates alone.</param>
public sealed record UserForm(string? Username, string? Role, string? Password = null)
{
    /// <inheritdoc/>
    public override string ToString() => "(a user)";
}

/// <summary>Another role.</summary>
/// <param name="Role">The role.</param>
public sealed record RoleForm(string? Role);

/// <summary>Another password.</summary>
/// <param name="Password">The password.</param>
public sealed record PasswordForm(string? Password)
{
    /// <inheritdoc/>
    public override string ToString() => "(a password)";
}

/// <summary>A user.</summary>
/// <param name="UserId">The id.</param>
/// <param name="Username">The login.</param>
/// <param name="Role">The role.</param>
/// <param name="Created">Since when, UTC.</param>
/// <param name="Disabled">Since when the user may do nothing, UTC.</param>
/// <param name="LastLogin">The last login, UTC.</param>
/// <param name="PasswordChanged">When the password was set, UTC; null without one.</param>
/// <param name="LockedUntil">Until when no login is looked at, UTC.</param>
/// <param name="SecondFactor">Whether there is a second factor that is confirmed.</param>
public sealed record UserAnswer(
    Guid UserId, string Username, string Role, DateTimeOffset Created, DateTimeOffset? Disabled, DateTimeOffset? LastLogin, DateTimeOffset? PasswordChanged, DateTimeOffset? LockedUntil, bool SecondFactor);

/// <summary>The users.</summary>
/// <param name="Users">The users, by login.</param>
public sealed record UserList(IReadOnlyList<UserAnswer> Users);

/// <summary>A new API key.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do at most; null for what its user may.</param>
/// <param name="Username">Whose it is; null for the caller's own.</param>
/// <param name="ExpiresInDays">How long it holds, days; null for a year.</param>
public sealed record ApiKeyForm(string? Name, string? Role = null, string? Username = null, int? ExpiresInDays = null);

/// <summary>The successor of an API key.</summary>
/// <param name="OverlapMinutes">How long the old one still holds, minutes; null for a day.</param>
/// <param name="ExpiresInDays">How long the new one holds, days; null for as long as the old one.</param>
public sealed record RotationForm(int? OverlapMinutes = null, int? ExpiresInDays = null);

/// <summary>An API key, without the key.</summary>
/// <param name="KeyId">The id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Role">What it may do at most.</param>
/// <param name="Created">Since when, UTC.</param>
/// <param name="Expires">Until when, UTC.</param>
/// <param name="LastUsed">When it was used last, UTC, to the minute.</param>
/// <param name="Revoked">When it was revoked, UTC.</param>
public sealed record ApiKeyAnswer(
    Guid KeyId, string Name, Guid UserId, string Role, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? LastUsed, DateTimeOffset? Revoked);

/// <summary>A key that was made: the only time that it is shown.</summary>
/// <param name="ApiKey">The key.</param>
/// <param name="KeyId">The id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do at most.</param>
/// <param name="Expires">Until when, UTC.</param>
public sealed record MadeApiKey(string ApiKey, Guid KeyId, string Name, string Role, DateTimeOffset? Expires)
{
    /// <inheritdoc/>
    public override string ToString() => $"(the API key {KeyId})";
}

/// <summary>The API keys.</summary>
/// <param name="ApiKeys">The keys, by when they were made.</param>
public sealed record ApiKeyList(IReadOnlyList<ApiKeyAnswer> ApiKeys);

/// <summary>A login that can be continued.</summary>
/// <param name="SessionId">The id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Created">When it was, UTC.</param>
/// <param name="Refreshed">When its newest tokens were given out, UTC.</param>
/// <param name="Expires">Until when it can be continued unless it is before, UTC.</param>
/// <param name="Ends">Until when it can be continued at all, UTC.</param>
public sealed record SessionAnswer(Guid SessionId, Guid UserId, DateTimeOffset Created, DateTimeOffset Refreshed, DateTimeOffset Expires, DateTimeOffset Ends);

/// <summary>The logins.</summary>
/// <param name="Sessions">The logins, the newest first.</param>
public sealed record SessionList(IReadOnlyList<SessionAnswer> Sessions);

/// <summary>The forms of JSON of administration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(UserForm))]
[JsonSerializable(typeof(RoleForm))]
[JsonSerializable(typeof(PasswordForm))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(ApiKeyForm))]
[JsonSerializable(typeof(RotationForm))]
[JsonSerializable(typeof(ApiKeyAnswer))]
[JsonSerializable(typeof(MadeApiKey))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(SessionList))]
internal sealed partial class AdministrationJson : JsonSerializerContext;

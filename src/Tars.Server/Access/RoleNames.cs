using System.Diagnostics;

namespace Tars.Server.Access;

/// <summary>Roles as they are written: <c>readonly</c>, <c>sre</c>, <c>admin</c>.</summary>
public static class RoleNames
{
    /// <summary>All, the least first.</summary>
    public static IReadOnlyList<string> All { get; } = ["readonly", "sre", "admin"];

    /// <summary>The role as it is written.</summary>
    public static string Of(Role role) => role switch
    {
        Role.ReadOnly => "readonly",
        Role.Sre => "sre",
        Role.Admin => "admin",
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads a role, letter for letter; null for anything else.</summary>
    public static Role? Parse(string? name) => name switch
    {
        "readonly" => Role.ReadOnly,
        "sre" => Role.Sre,
        "admin" => Role.Admin,
        _ => null,
    };

    /// <summary>The lesser of two roles.</summary>
    public static Role Least(Role one, Role other) => one < other ? one : other;
}

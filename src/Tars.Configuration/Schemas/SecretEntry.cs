using Tars.Configuration.Layers;

namespace Tars.Configuration.Schemas;

/// <summary>An entry of a secret backend that reaches a key by its name, without a <c>${NAME}</c>.</summary>
/// <param name="Name">The entry's name, such as <c>jwt_secret</c>.</param>
/// <param name="Path">The key, such as <c>api.jwt_secret</c>.</param>
/// <param name="IsNeeded">Whether a configuration, given by its root section, has a use for the key; a backend is asked only then.</param>
public sealed record SecretEntry(string Name, string Path, Func<SettingsSection, bool> IsNeeded)
{
    /// <summary>Who has the use; a load for somebody else neither asks for the entry nor for the names that the key's own value holds.</summary>
    public SecretUses Use { get; init; } = SecretUses.Command;

    /// <summary>How to do without the entry, for a load that asks for it in vain; null when there is nothing to say.</summary>
    public string? Instead { get; init; }
}

/// <summary>Who has a use for a secret.</summary>
[Flags]
public enum SecretUses
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>Every command.</summary>
    Command = 1,

    /// <summary>Whoever serves the API, or judges whether it could be served.</summary>
    Service = 2,

    /// <summary>Everybody: the whole configuration is asked for.</summary>
    All = Command | Service,
}

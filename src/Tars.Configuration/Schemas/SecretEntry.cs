using Tars.Configuration.Layers;

namespace Tars.Configuration.Schemas;

/// <summary>An entry of a secret backend that reaches a key by its name, without a <c>${NAME}</c>.</summary>
/// <param name="Name">The entry's name, such as <c>jwt_secret</c>.</param>
/// <param name="Path">The key, such as <c>api.jwt_secret</c>.</param>
/// <param name="IsNeeded">Whether a configuration, given by its root section, has a use for the key; a backend is asked only then.</param>
public sealed record SecretEntry(string Name, string Path, Func<SettingsSection, bool> IsNeeded);

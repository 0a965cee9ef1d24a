using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests;

/// <summary>A backend whose answers are listed, and which remembers what it was asked. The loader's order is tested with it, not a backend.</summary>
internal sealed class ListedSecrets : ISecretBackend
{
    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SecretAnswer> Answers { get; } = new(StringComparer.Ordinal);

    public List<string> Asked { get; } = [];

    public string Name => "vault https://vault.example.com secret/tars";

    public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        Asked.Add(name);
        return Task.FromResult(
            Answers.TryGetValue(name, out SecretAnswer? answer) ? answer
            : Values.TryGetValue(name, out string? value) ? new SecretAnswer.Found(Secret.Of(value), $"vault secret/tars#{name} version 3", null)
            : new SecretAnswer.Absent($"vault secret/tars#{name}"));
    }
}

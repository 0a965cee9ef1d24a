using Tars.Configuration.Secrets;

namespace Tars.Configuration.Layers;

/// <summary>Stands for a secret backend that the <c>secrets</c> section does not describe well enough to be asked.</summary>
/// <param name="reason">What is missing there.</param>
internal sealed class UndescribedBackend(string reason) : ISecretBackend
{
    public string Name => "the secrets section";

    public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<SecretAnswer>(new SecretAnswer.Unreachable(Name, reason));
}

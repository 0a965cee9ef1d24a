namespace Tars.Configuration.Secrets;

/// <summary>Where secrets come from: the environment, files, Vault, a cloud.</summary>
public interface ISecretBackend
{
    /// <summary>What it is and where, for messages; it holds no secret. Such as <c>vault https://vault.example.com secret/tars</c>.</summary>
    string Name { get; }

    /// <summary>Asks for the secret named <paramref name="name"/>.</summary>
    /// <param name="name">The name of an entry, as written in <c>${NAME}</c>.</param>
    /// <param name="cancellationToken">Ends the question; time-outs of its own the backend answers as <see cref="SecretAnswer.Unreachable"/>.</param>
    /// <returns>One of four answers; a backend that fails never throws for it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken);
}

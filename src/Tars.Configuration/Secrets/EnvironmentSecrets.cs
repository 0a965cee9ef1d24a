using System.Text;

namespace Tars.Configuration.Secrets;

/// <summary>
/// Secrets from environment variables. <c>${jwt_secret}</c> is first <c>TARS_SECRET_JWT_SECRET</c> (letters in upper case, every other
/// character than letter and digit an underscore), then the variable <c>jwt_secret</c> itself. An empty variable counts as not set.
/// </summary>
/// <remarks>Every process of the same user can read a variable, and the text of one cannot be zeroed: files or a vault are better.</remarks>
public sealed class EnvironmentSecrets(IReadOnlyDictionary<string, string> environment) : ISecretBackend
{
    /// <summary>The first part of the variables meant for secrets alone.</summary>
    public const string Prefix = "TARS_SECRET_";

    /// <inheritdoc/>
    public string Name => "environment";

    /// <summary>Returns the variable meant for the secret <paramref name="name"/> alone.</summary>
    public static string VariableOf(string name)
    {
        StringBuilder variable = new(Prefix);
        foreach (char c in name)
        {
            variable.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        }

        return variable.ToString();
    }

    /// <inheritdoc/>
    public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string own = VariableOf(name);
        foreach (string variable in (string[])[own, name])
        {
            if (environment.TryGetValue(variable, out string? value) && value.Length > 0)
            {
                return Task.FromResult<SecretAnswer>(SecretAnswer.Found.Of(value, $"environment variable {variable}"));
            }
        }

        return Task.FromResult<SecretAnswer>(new SecretAnswer.Absent($"environment variables {own} and {name}"));
    }
}

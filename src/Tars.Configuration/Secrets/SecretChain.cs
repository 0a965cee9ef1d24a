namespace Tars.Configuration.Secrets;

/// <summary>When a chain goes on after an answer that is not "absent".</summary>
/// <param name="GoOnWhenRefused">Whether the next backend is asked after a refusal; by default the chain stops and answers it.</param>
/// <param name="GoOnWhenUnreachable">Whether the next backend is asked after one that could not be reached; by default the chain stops.</param>
public sealed record ChainRules(bool GoOnWhenRefused = false, bool GoOnWhenUnreachable = false);

/// <summary>
/// Backends in an order. "Absent" goes on to the next. Whoever refuses or cannot be reached ends the question, unless the rules let it go on:
/// then a secret found later counts, but when none is found the answer is the first such failure, for nobody knows what it would have said.
/// </summary>
public sealed class SecretChain : ISecretBackend, IAsyncDisposable
{
    private readonly IReadOnlyList<ISecretBackend> _backends;
    private readonly ChainRules _rules;
    private readonly Action<SecretNotice>? _notices;

    /// <summary>Creates a chain, which owns its backends.</summary>
    /// <param name="backends">The backends, first asked first; at least one.</param>
    /// <param name="rules">When it goes on.</param>
    /// <param name="notices">Is told of every backend passed; null to tell nobody. Must not throw.</param>
    /// <exception cref="ArgumentException">There is no backend.</exception>
    public SecretChain(IReadOnlyList<ISecretBackend> backends, ChainRules rules, Action<SecretNotice>? notices = null)
    {
        _backends = backends.Count > 0 ? backends : throw new ArgumentException("a chain needs a backend", nameof(backends));
        (_rules, _notices) = (rules, notices);
    }

    /// <inheritdoc/>
    public string Name => string.Join(", then ", _backends.Select(backend => backend.Name));

    /// <inheritdoc/>
    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        SecretAnswer? passed = null;
        List<string> places = [];
        foreach (ISecretBackend backend in _backends)
        {
            SecretAnswer answer = await backend.FindAsync(name, cancellationToken).ConfigureAwait(false);
            switch (answer)
            {
                case SecretAnswer.Absent absent:
                    places.Add(absent.Place);
                    break;
                case SecretAnswer.Refused refused when _rules.GoOnWhenRefused:
                    _notices?.Invoke(new SecretNotice.Passed(name, backend.Name, refused.Reason));
                    passed ??= answer;
                    break;
                case SecretAnswer.Unreachable unreachable when _rules.GoOnWhenUnreachable:
                    _notices?.Invoke(new SecretNotice.Passed(name, backend.Name, unreachable.Reason));
                    passed ??= answer;
                    break;
                default:
                    return answer;
            }
        }

        return passed ?? new SecretAnswer.Absent(string.Join("; ", places));
    }

    /// <summary>Disposes the backends that hold something.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (ISecretBackend backend in _backends)
        {
            await DisposeAsync(backend).ConfigureAwait(false);
        }
    }

    /// <summary>Disposes a backend that holds something.</summary>
    internal static async ValueTask DisposeAsync(ISecretBackend backend)
    {
        if (backend is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (backend as IDisposable)?.Dispose();
        }
    }
}

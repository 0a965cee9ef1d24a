using Tars.Configuration.Layers;
using Tars.Configuration.Secrets.Files;
using Tars.Configuration.Secrets.Vault;

namespace Tars.Configuration.Secrets;

/// <summary>Makes the backends that the <c>secrets</c> section describes. Nothing is sent before the first question.</summary>
/// <param name="environment">The environment variables: secrets of the backend <c>env</c>, and what cloud clients read there.</param>
/// <param name="time">The clock.</param>
/// <param name="notices">Is told what happens to secrets in the background (rotated, kept, lost, passed); null to tell nobody. Must not throw.</param>
public sealed partial class SecretBackendFactory(
    IReadOnlyDictionary<string, string> environment, TimeProvider time, Action<SecretNotice>? notices = null)
{
    /// <summary>
    /// Returns the backend, or the chain of them, with its cache. Whoever gets it owns it and disposes it; while it lives it refreshes what it
    /// was asked for.
    /// </summary>
    /// <param name="secrets">The valid <c>secrets</c> section, with its own placeholders already replaced from the environment: a backend's
    /// login cannot come from that backend.</param>
    /// <exception cref="SettingsException">
    /// The section does not say enough to reach a backend, contradicts itself, or names files that are not there; every problem is in it.
    /// </exception>
    public CachedSecrets Create(SettingsSection secrets)
    {
        List<SettingsProblem> problems = [];
        bool isChain = secrets.Texts("chain").Count > 0;
        string key = isChain ? "chain" : "backend";
        IReadOnlyList<string> names = isChain ? secrets.Texts("chain") : [secrets.Text("backend")];
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            problems.Add(secrets.Problem(key, "names a backend twice; keep one"));
        }

        List<ISecretBackend> backends = [];
        foreach (string name in names.Distinct(StringComparer.Ordinal))
        {
            if (BackendOf(name, key, secrets, problems) is ISecretBackend backend)
            {
                backends.Add(backend);
            }
        }

        if (problems.Count > 0)
        {
            foreach (IDisposable backend in backends.OfType<IDisposable>())
            {
                backend.Dispose();
            }

            throw SettingsException.Ordered(problems);
        }

        ISecretBackend asked = backends.Count == 1
            ? backends[0]
            : new SecretChain(backends, new ChainRules(secrets.Text("on_refused") == "next", secrets.Text("on_unreachable") == "next"), notices);
        return new CachedSecrets(asked, new CacheRules(secrets.Duration("cache_lifetime"), secrets.Duration("cache_grace")), time, notices);
    }

    // Returns null after at least one problem.
    private ISecretBackend? BackendOf(string name, string key, SettingsSection secrets, List<SettingsProblem> problems)
    {
        switch (name)
        {
            case "env":
                return new EnvironmentSecrets(environment);
            case "file":
                return FileSettings.Read(secrets, key, problems);
            case "vault":
                return VaultSettings.Read(secrets, time, problems);
            case "aws":
                return new CloudSettings(secrets, environment, time, problems).Aws();
            case "gcp":
                return new CloudSettings(secrets, environment, time, problems).Gcp();
            case "azure":
                return new CloudSettings(secrets, environment, time, problems).Azure();
            default:
                problems.Add(secrets.Problem(key, $"{name} is not a backend this version can ask; write env, file, vault, aws, gcp or azure"));
                return null;
        }
    }
}

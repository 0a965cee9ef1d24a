using System.Text.Json.Nodes;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>A role of the Kubernetes auth method.</summary>
/// <param name="ServiceAccounts">Names of service accounts; <c>*</c> alone is any.</param>
/// <param name="Namespaces">Names of cluster namespaces; <c>*</c> alone is any.</param>
/// <param name="Token">The tokens it gives out.</param>
/// <param name="Audience">What <c>aud</c> must hold; null is any.</param>
public sealed record KubernetesRole(IReadOnlyList<string> ServiceAccounts, IReadOnlyList<string> Namespaces, VaultTokenSettings Token, string? Audience = null);

/// <summary>The Kubernetes auth method: service account tokens of one cluster, whose issuer stands for the TokenReview API.</summary>
public sealed class KubernetesMount : LoginMount
{
    private readonly Dictionary<string, KubernetesRole> _roles = [];
    private readonly TokenIssuer _cluster;

    internal KubernetesMount(Lock gate, TimeProvider time, TokenIssuer cluster)
        : base(gate, time) => _cluster = cluster;

    /// <summary>Adds a role, or replaces it.</summary>
    public void AddRole(string name, KubernetesRole role)
    {
        lock (Gate)
        {
            _roles[name] = role;
        }
    }

    internal override LoginOutcome Login(JsonObject body)
    {
        string name = Text(body, "role");
        if (name.Length == 0)
        {
            return new LoginOutcome.Refused(400, "missing role");
        }

        if (Text(body, "jwt") is not { Length: > 0 } compact)
        {
            return new LoginOutcome.Refused(400, "missing jwt");
        }

        if (!_roles.TryGetValue(name, out KubernetesRole? role))
        {
            return new LoginOutcome.Refused(400, $"invalid role name \"{name}\"");
        }

        if (JsonWebToken.Parse(compact) is not { } token || !token.IsSignedBy(_cluster.Key) || token.Issuer != _cluster.Issuer
            || token.Seconds("exp") is not { } ends || DateTimeOffset.FromUnixTimeSeconds(ends) <= Time.GetUtcNow()
            || token.Subject?.Split(':') is not ["system", "serviceaccount", string space, string account])
        {
            return new LoginOutcome.Refused(403, "permission denied");
        }

        if (role.Audience is not null && !token.Audiences.Contains(role.Audience))
        {
            return new LoginOutcome.Refused(403, "invalid audience (aud) claim: audience claim does not match any expected audience");
        }

        if (!IsBound(role.Namespaces, space))
        {
            return new LoginOutcome.Refused(403, "namespace not authorized");
        }

        if (!IsBound(role.ServiceAccounts, account))
        {
            return new LoginOutcome.Refused(403, "service account name not authorized");
        }

        return new LoginOutcome.Granted(role.Token, new JsonObject
        {
            ["role"] = name,
            ["service_account_name"] = account,
            ["service_account_namespace"] = space,
        });
    }

    private static bool IsBound(IReadOnlyList<string> names, string name) => names is ["*"] || names.Contains(name);
}

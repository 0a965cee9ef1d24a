using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>The AppRole auth method.</summary>
public sealed class AppRoleMount : LoginMount
{
    private readonly Dictionary<string, (string Name, VaultTokenSettings Settings, bool BindSecretId)> _roles = [];
    private readonly Dictionary<string, SecretId> _secretIds = [];

    internal AppRoleMount(Lock gate, TimeProvider time)
        : base(gate, time)
    {
    }

    /// <summary>Adds a role and returns its role id.</summary>
    public string AddRole(string name, VaultTokenSettings settings, bool bindSecretId = true)
    {
        lock (Gate)
        {
            string roleId = Guid.NewGuid().ToString();
            _roles.Add(roleId, (name, settings, bindSecretId));
            return roleId;
        }
    }

    /// <summary>A new secret id for the role.</summary>
    /// <param name="roleId">What <see cref="AddRole"/> returned.</param>
    /// <param name="uses">Logins it is good for; zero is no limit.</param>
    /// <param name="ttl">Until it expires; null never expires.</param>
    public string NewSecretId(string roleId, int uses = 0, TimeSpan? ttl = null)
    {
        lock (Gate)
        {
            string id = Guid.NewGuid().ToString();
            _secretIds.Add(id, new SecretId(roleId, Time.GetUtcNow() + ttl) { UsesLeft = uses, IsCounted = uses > 0 });
            return id;
        }
    }

    internal override LoginOutcome Login(JsonObject body)
    {
        string roleId = Text(body, "role_id");
        if (roleId.Length == 0)
        {
            return new LoginOutcome.Refused(400, "missing role_id");
        }

        if (!_roles.TryGetValue(roleId, out (string Name, VaultTokenSettings Settings, bool BindSecretId) role))
        {
            return new LoginOutcome.Refused(400, "invalid role or secret ID");
        }

        string id = Text(body, "secret_id");
        if (role.BindSecretId && id.Length == 0)
        {
            return new LoginOutcome.Refused(400, "missing secret_id");
        }

        if (role.BindSecretId && !TakeSecretId(roleId, id))
        {
            return new LoginOutcome.Refused(400, "invalid role or secret ID");
        }

        return new LoginOutcome.Granted(role.Settings, new JsonObject { ["role_name"] = role.Name });
    }

    private bool TakeSecretId(string roleId, string id)
    {
        if (!_secretIds.TryGetValue(id, out SecretId? secretId) || secretId.RoleId != roleId || secretId.Expires <= Time.GetUtcNow())
        {
            return false;
        }

        if (secretId.IsCounted && --secretId.UsesLeft == 0)
        {
            _secretIds.Remove(id);
        }

        return true;
    }

    private sealed record SecretId(string RoleId, DateTimeOffset? Expires)
    {
        internal bool IsCounted { get; init; }

        internal int UsesLeft { get; set; }
    }
}

using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>A database secrets engine: each read of <c>creds/:role</c> makes a new user with a lease.</summary>
public sealed class DatabaseMount
{
    private readonly Dictionary<string, (TimeSpan Ttl, TimeSpan MaxTtl, bool Renewable)> _roles = [];
    private readonly Dictionary<string, string> _passwords = [];
    private readonly Dictionary<string, string> _leaseOf = [];
    private readonly Lock _gate;
    private readonly VaultLeases _leases;
    private readonly TimeProvider _time;
    private readonly string _path;

    internal DatabaseMount(string path, VaultLeases leases, Lock gate, TimeProvider time)
    {
        _path = path;
        _leases = leases;
        _gate = gate;
        _time = time;
    }

    /// <summary>Adds a role, or replaces it.</summary>
    public void AddRole(string name, TimeSpan ttl, TimeSpan maxTtl, bool renewable = true)
    {
        lock (_gate)
        {
            _roles[name] = (ttl, maxTtl, renewable);
        }
    }

    /// <summary>Whether a user that was given out could still sign in: the password is right, and its lease neither ended nor revoked.</summary>
    public bool Accepts(string user, string password)
    {
        lock (_gate)
        {
            return _passwords.TryGetValue(user, out string? right) && right == password && _leases.IsLive(_leaseOf[user], _time.GetUtcNow());
        }
    }

    internal Answer Answer(ReceivedRequest request, string rest, VaultToken token)
    {
        if (rest.Split('/', 2) is not ["creds", string role])
        {
            return VaultAnswers.Errors(404);
        }

        if (request.Method != "GET")
        {
            return VaultAnswers.Errors(405, "unsupported operation");
        }

        if (!_roles.TryGetValue(role, out (TimeSpan Ttl, TimeSpan MaxTtl, bool Renewable) settings))
        {
            return VaultAnswers.Errors(400, $"unknown role: {role}");
        }

        VaultLeases.Lease lease = _leases.Create($"{_path}creds/{role}", token.Id, settings.Ttl, settings.MaxTtl, settings.Renewable, _time.GetUtcNow());
        string user = $"v-token-{role}-{VaultTokens.RandomText(20)}";
        string password = VaultTokens.RandomText(20);
        _passwords.Add(user, password);
        _leaseOf.Add(user, lease.Id);
        return VaultAnswers.Data(
            new JsonObject { ["username"] = user, ["password"] = password },
            lease.Id,
            (long)(lease.Expires - _time.GetUtcNow()).TotalSeconds,
            lease.Renewable);
    }
}

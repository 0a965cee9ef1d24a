using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>Leases of dynamic secrets.</summary>
internal sealed class VaultLeases
{
    private readonly Dictionary<string, Lease> _leases = [];

    internal Lease Create(string path, string token, TimeSpan ttl, TimeSpan maxTtl, bool renewable, DateTimeOffset now)
    {
        Lease lease = new($"{path}/{VaultTokens.RandomText(24)}", token, ttl, now + maxTtl, renewable) { Expires = now + (ttl < maxTtl ? ttl : maxTtl) };
        _leases.Add(lease.Id, lease);
        return lease;
    }

    internal void RevokeOf(string token)
    {
        foreach (string id in _leases.Values.Where(lease => lease.Token == token).Select(lease => lease.Id).ToArray())
        {
            _leases.Remove(id);
        }
    }

    internal bool Revoke(string id) => _leases.Remove(id);

    internal bool IsLive(string id, DateTimeOffset now) => _leases.TryGetValue(id, out Lease? lease) && lease.Expires > now;

    internal Answer Renew(JsonObject? body, DateTimeOffset now)
    {
        if (body?["lease_id"]?.GetValue<string>() is not { Length: > 0 } id)
        {
            return VaultAnswers.Errors(400, "lease_id must be specified");
        }

        if (VaultDuration.Read(body["increment"]) is not { } asked)
        {
            return VaultAnswers.Errors(400, "error parsing increment");
        }

        if (!_leases.TryGetValue(id, out Lease? lease))
        {
            return VaultAnswers.Errors(400, "lease not found");
        }

        if (lease.Expires <= now)
        {
            return VaultAnswers.Errors(400, "lease expired");
        }

        if (!lease.Renewable)
        {
            return VaultAnswers.Errors(400, "lease is not renewable");
        }

        DateTimeOffset wanted = now + (asked > TimeSpan.Zero ? asked : lease.Ttl);
        lease.Expires = wanted < lease.Limit ? wanted : lease.Limit;
        return VaultAnswers.Data(null, lease.Id, (long)(lease.Expires - now).TotalSeconds, lease.Renewable);
    }

    internal sealed record Lease(string Id, string Token, TimeSpan Ttl, DateTimeOffset Limit, bool Renewable)
    {
        internal DateTimeOffset Expires { get; set; }
    }
}

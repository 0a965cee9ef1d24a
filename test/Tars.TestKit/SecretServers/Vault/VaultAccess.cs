using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>One request of a live token: may it, and to which mount does it go?</summary>
internal sealed class VaultAccess(
    Dictionary<string, object> mounts, Dictionary<string, IReadOnlyList<VaultRule>> policies, VaultTokens tokens, VaultLeases leases, DateTimeOffset now)
{
    private const string Preflight = "sys/internal/ui/mounts/";

    internal Answer Answer(ReceivedRequest request, string path, VaultToken token)
    {
        string inSpace = path[token.Space.Length..];
        if (InnerSpace(inSpace) is (string inner, string mounted) && mounted.StartsWith(Preflight, StringComparison.Ordinal))
        {
            return Preflights(token, token.Space + inner, mounted[Preflight.Length..]);
        }

        bool list = request.Method == "LIST" || (request.Method == "GET" && request.Query("list") == "true");
        string capability = request.Method switch
        {
            _ when list => "list",
            "GET" or "HEAD" => "read",
            "DELETE" => "delete",
            _ => "update",
        };
        string asked = list && !inSpace.EndsWith('/') ? inSpace + "/" : inSpace;
        if (!token.IsRoot && !VaultPolicy.Allows(Rules(token), asked, capability) && !VaultPolicy.Allows(Rules(token), inSpace, capability))
        {
            return VaultAnswers.Denied();
        }

        return inSpace switch
        {
            "auth/token/lookup-self" => Only(request, "GET") ?? VaultTokens.LookupSelf(token, now),
            "auth/token/renew-self" => Only(request, "POST", "PUT") ?? VaultTokens.Renew(token, request.Json()?["increment"], now),
            "auth/token/revoke-self" => Only(request, "POST", "PUT") ?? Revoke(token),
            "sys/leases/renew" or "sys/renew" => Only(request, "POST", "PUT") ?? leases.Renew(request.Json(), now),
            "sys/leases/revoke" or "sys/revoke" => Only(request, "POST", "PUT") ?? Revoke(request.Json()),
            _ => Mounted(request, path, token, list),
        };
    }

    private static Answer? Only(ReceivedRequest request, params string[] methods) =>
        methods.Contains(request.Method) ? null : VaultAnswers.Errors(405, "unsupported operation");

    private static (string Inner, string Mounted)? InnerSpace(string path) =>
        path.IndexOf(Preflight, StringComparison.Ordinal) is >= 0 and int at ? (path[..at], path[at..]) : null;

    private IEnumerable<VaultRule> Rules(VaultToken token) => token.Policies.SelectMany(
        name => policies.TryGetValue(token.Space + name, out IReadOnlyList<VaultRule>? rules) ? rules : name == "default" ? VaultPolicy.Default : []);

    private Answer Mounted(ReceivedRequest request, string path, VaultToken token, bool list)
    {
        if (MountOf(path) is not { } mount)
        {
            return VaultAnswers.Errors(404, $"no handler for route \"{path}\". route entry not found.");
        }

        string rest = path == mount[..^1] ? "" : path[mount.Length..];
        return mounts[mount] switch
        {
            KeyValueMount keyValue => keyValue.Answer(request, rest, list),
            DatabaseMount database => database.Answer(request, rest, token),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private string? MountOf(string path) =>
        mounts.Keys.Where(mount => path.StartsWith(mount, StringComparison.Ordinal) || path == mount[..^1]).MaxBy(mount => mount.Length);

    private Answer Revoke(VaultToken token)
    {
        tokens.Revoke(token.Id);
        leases.RevokeOf(token.Id);
        return SecretServers.Answer.Empty(204);
    }

    private Answer Revoke(JsonObject? body)
    {
        if (body?["lease_id"]?.GetValue<string>() is not { Length: > 0 } id)
        {
            return VaultAnswers.Errors(400, "lease_id must be specified");
        }

        leases.Revoke(id);
        return SecretServers.Answer.Empty(204);
    }

    // What the command line asks first to learn a mount's version. A token without access to the mount learns nothing, not even that it exists.
    private Answer Preflights(VaultToken token, string space, string path)
    {
        string? mount = MountOf(space + path);
        if (mount is null || (!token.IsRoot && !VaultPolicy.AllowsAnythingUnder(Rules(token), mount[token.Space.Length..])))
        {
            return VaultAnswers.Errors(403, "preflight capability check returned 403, please ensure client's policies grant access to path \"" + path.Split('/')[0] + "/\"");
        }

        int? version = (mounts[mount] as KeyValueMount)?.Version;
        return VaultAnswers.Data(new JsonObject
        {
            ["accessor"] = "kv_00000001",
            ["config"] = new JsonObject { ["default_lease_ttl"] = 0, ["force_no_cache"] = false, ["max_lease_ttl"] = 0 },
            ["description"] = "",
            ["external_entropy_access"] = false,
            ["local"] = false,
            ["options"] = version == 2 ? new JsonObject { ["version"] = "2" } : null,
            ["path"] = mount[space.Length..],
            ["seal_wrap"] = false,
            ["type"] = version is null ? "database" : "kv",
            ["uuid"] = "00000000-0000-0000-0000-000000000002",
        });
    }
}

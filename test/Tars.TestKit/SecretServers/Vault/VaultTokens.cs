using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>A service token and what it may still do.</summary>
internal sealed class VaultToken(string id, string space, VaultTokenSettings settings, JsonObject metadata, string path, DateTimeOffset issued)
{
    internal string Id => id;

    /// <summary>The namespace it was made in, empty or ending in a slash.</summary>
    internal string Space => space;

    internal VaultTokenSettings Settings => settings;

    internal JsonObject Metadata => metadata;

    internal string Accessor { get; } = VaultTokens.RandomText(24);

    internal string Path => path;

    internal DateTimeOffset Issued => issued;

    internal bool IsRoot => settings.Policies is ["root"];

    internal bool Renewable => settings.Renewable && Expires is not null;

    internal DateTimeOffset? Expires { get; set; } = settings.Ttl == TimeSpan.Zero ? null : issued + (settings.Ttl < settings.MaxTtl ? settings.Ttl : settings.MaxTtl);

    internal int UsesLeft { get; set; } = settings.Uses;

    internal IReadOnlyList<string> Policies { get; } =
        settings.Policies is ["root"] || settings.NoDefaultPolicy ? settings.Policies : [.. settings.Policies.Append("default").Distinct().Order(StringComparer.Ordinal)];

    internal long SecondsLeft(DateTimeOffset now) => Expires is { } expires ? (long)(expires - now).TotalSeconds : 0;
}

/// <summary>The token store.</summary>
internal sealed class VaultTokens
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly Dictionary<string, VaultToken> _tokens = [];

    internal static string RandomText(int length) => RandomNumberGenerator.GetString(Letters, length);

    internal VaultToken Create(string space, VaultTokenSettings settings, JsonObject metadata, string path, DateTimeOffset now)
    {
        VaultToken token = new("hvs." + RandomText(24), space, settings, metadata, path, now);
        _tokens.Add(token.Id, token);
        return token;
    }

    /// <summary>The live token, or null.</summary>
    internal VaultToken? Find(string? id, DateTimeOffset now) =>
        id is not null && _tokens.TryGetValue(id, out VaultToken? token) && (token.Expires is not { } expires || expires > now) ? token : null;

    /// <summary>Counts one use; the last one revokes the token, after this request.</summary>
    internal void Use(VaultToken token)
    {
        if (token.Settings.Uses > 0 && --token.UsesLeft == 0)
        {
            _tokens.Remove(token.Id);
        }
    }

    internal bool Revoke(string id) => _tokens.Remove(id);

    internal static Answer Login(VaultToken token, string? warning, DateTimeOffset now) => VaultAnswers.Auth(
        new JsonObject
        {
            ["client_token"] = token.Id,
            ["accessor"] = token.Accessor,
            ["policies"] = Names(token),
            ["token_policies"] = Names(token),
            ["metadata"] = token.Metadata.DeepClone(),
            ["lease_duration"] = token.SecondsLeft(now),
            ["renewable"] = token.Renewable,
            ["entity_id"] = "",
            ["token_type"] = "service",
            ["orphan"] = true,
            ["mfa_requirement"] = null,
            ["num_uses"] = token.UsesLeft,
        },
        warning);

    internal static Answer LookupSelf(VaultToken token, DateTimeOffset now) => VaultAnswers.Data(new JsonObject
    {
        ["accessor"] = token.Accessor,
        ["creation_time"] = token.Issued.ToUnixTimeSeconds(),
        ["creation_ttl"] = (long)token.Settings.Ttl.TotalSeconds,
        ["display_name"] = "token",
        ["entity_id"] = "",
        ["expire_time"] = token.Expires is { } expires ? VaultAnswers.Stamp(expires) : null,
        ["explicit_max_ttl"] = 0,
        ["id"] = token.Id,
        ["issue_time"] = VaultAnswers.Stamp(token.Issued),
        ["meta"] = token.Metadata.DeepClone(),
        ["num_uses"] = token.UsesLeft,
        ["orphan"] = true,
        ["path"] = token.Path,
        ["policies"] = Names(token),
        ["renewable"] = token.Renewable,
        ["ttl"] = token.SecondsLeft(now),
        ["type"] = "service",
    });

    /// <summary>Renews for the increment asked for (the token's TTL when zero), never past the maximum age.</summary>
    internal static Answer Renew(VaultToken token, JsonNode? increment, DateTimeOffset now)
    {
        if (VaultDuration.Read(increment) is not { } asked)
        {
            return VaultAnswers.Errors(400, "error parsing increment");
        }

        if (!token.Renewable)
        {
            return VaultAnswers.Errors(400, "lease is not renewable");
        }

        DateTimeOffset wanted = now + (asked > TimeSpan.Zero ? asked : token.Settings.Ttl);
        DateTimeOffset limit = token.Issued + token.Settings.MaxTtl;
        token.Expires = wanted < limit ? wanted : limit;
        string? warning = wanted <= limit ? null : $"TTL of \"{(long)(wanted - now).TotalSeconds}s\" exceeded the effective max_ttl of \"{token.SecondsLeft(now)}s\"; TTL value is capped accordingly";
        return Login(token, warning, now);
    }

    private static JsonArray Names(VaultToken token) => [.. token.Policies.Select(policy => (JsonNode)policy)];
}

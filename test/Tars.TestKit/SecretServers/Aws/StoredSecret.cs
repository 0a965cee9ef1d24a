using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>A secret with its versions and their staging labels.</summary>
internal sealed class StoredSecret(string name, string region, string account, DateTimeOffset created)
{
    internal const string Current = "AWSCURRENT";
    internal const string Previous = "AWSPREVIOUS";
    internal const string Pending = "AWSPENDING";

    private readonly List<Version> _versions = [];
    private readonly string _arn = $"arn:aws:secretsmanager:{region}:{account}:secret:{name}-{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 6)}";

    internal string Arn => _arn;

    internal DateTimeOffset? DeletionDate { get; set; }

    internal bool DecryptionFails { get; set; }

    /// <summary>By name, by whole ARN, or by an ARN without the six characters at its end.</summary>
    internal bool Is(string secretId) => secretId == name || secretId == _arn || secretId == _arn[..^7];

    internal string Add(string? text, byte[]? binary, string stage, DateTimeOffset at)
    {
        Version version = new(Guid.NewGuid().ToString(), text, binary, at);
        _versions.Add(version);
        Move(stage, version);
        return version.Id;
    }

    internal void Promote(string versionId) => Move(Current, _versions.Single(version => version.Id == versionId));

    internal Version? Find(string? versionId, string? stage) => _versions.LastOrDefault(
        version => (versionId is null || version.Id == versionId) && (versionId is not null || version.Stages.Contains(stage ?? Current)));

    internal JsonObject Value(Version version)
    {
        JsonObject body = Head();
        body["CreatedDate"] = Seconds(version.Created);
        if (version.Text is not null)
        {
            body["SecretString"] = version.Text;
        }
        else
        {
            body["SecretBinary"] = Convert.ToBase64String(version.Binary!);
        }

        body["VersionId"] = version.Id;
        body["VersionStages"] = Stages(version);
        return body;
    }

    internal JsonObject Description()
    {
        JsonObject body = Head();
        body["CreatedDate"] = Seconds(created);
        body["LastChangedDate"] = Seconds(_versions.Count == 0 ? created : _versions[^1].Created);
        body["VersionIdsToStages"] = new JsonObject(_versions.Where(version => version.Stages.Count > 0)
            .Select(version => new KeyValuePair<string, JsonNode?>(version.Id, Stages(version))));
        if (DeletionDate is { } deletion)
        {
            body["DeletedDate"] = Seconds(deletion);
        }

        return body;
    }

    internal JsonObject VersionIds(bool deprecated, int skip, int take)
    {
        Version[] all = [.. _versions.Where(version => deprecated || version.Stages.Count > 0)];
        JsonObject body = Head();
        body["Versions"] = new JsonArray([.. all.Skip(skip).Take(take).Select(version =>
        {
            JsonObject item = new() { ["VersionId"] = version.Id, ["CreatedDate"] = Seconds(version.Created) };
            if (version.Stages.Count > 0)
            {
                item["VersionStages"] = Stages(version);
            }

            return (JsonNode)item;
        })]);
        if (all.Length > skip + take)
        {
            body["NextToken"] = $"{skip + take}";
        }

        return body;
    }

    private static JsonArray Stages(Version version) => [.. version.Stages.Order(StringComparer.Ordinal).Select(stage => (JsonNode)stage)];

    private static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;

    private JsonObject Head() => new() { ["ARN"] = _arn, ["Name"] = name };

    // A label is on one version at a time; what loses AWSCURRENT gets AWSPREVIOUS.
    private void Move(string stage, Version to)
    {
        Version? from = _versions.Find(version => version.Stages.Contains(stage));
        if (from == to)
        {
            return;
        }

        from?.Stages.Remove(stage);
        to.Stages.Add(stage);
        if (stage == Current)
        {
            to.Stages.Remove(Pending);
            to.Stages.Remove(Previous);
            foreach (Version version in _versions)
            {
                version.Stages.Remove(Previous);
            }

            from?.Stages.Add(Previous);
        }
    }

    internal sealed record Version(string Id, string? Text, byte[]? Binary, DateTimeOffset Created)
    {
        internal HashSet<string> Stages { get; } = [];
    }
}

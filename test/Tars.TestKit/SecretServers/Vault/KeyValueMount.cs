using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>A KV secrets engine, version 1 or 2. What is written or taken away shows in the next answer.</summary>
public sealed class KeyValueMount
{
    private const string InvalidPath =
        "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";

    private readonly Dictionary<string, List<KeyValueVersion>> _secrets = [];
    private readonly Dictionary<string, JsonObject> _customMetadata = [];
    private readonly Lock _gate;
    private readonly TimeProvider _time;

    internal KeyValueMount(int version, Lock gate, TimeProvider time)
    {
        Version = version;
        _gate = gate;
        _time = time;
    }

    /// <summary>1 or 2.</summary>
    public int Version { get; }

    /// <summary>Writes a secret: a new version, or with KV 1 a new value. Returns its version number.</summary>
    public int Put(string path, JsonObject data)
    {
        lock (_gate)
        {
            if (!_secrets.TryGetValue(path, out List<KeyValueVersion>? versions))
            {
                _secrets.Add(path, versions = []);
            }

            if (Version == 1)
            {
                versions.Clear();
            }

            versions.Add(new KeyValueVersion(versions.Count + 1, (JsonObject)data.DeepClone(), _time.GetUtcNow()));
            return versions.Count;
        }
    }

    /// <summary>Writes a secret of text fields.</summary>
    public int Put(string path, params (string Key, string Value)[] fields) =>
        Put(path, new JsonObject(fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Key, field.Value))));

    /// <summary>Sets the custom metadata of a secret (KV 2).</summary>
    public void SetCustomMetadata(string path, JsonObject metadata)
    {
        lock (_gate)
        {
            _customMetadata[path] = (JsonObject)metadata.DeepClone();
        }
    }

    /// <summary>Marks a version as deleted; it can be brought back (KV 2).</summary>
    public void Delete(string path, int version) => Change(path, version, entry => entry with { Deleted = _time.GetUtcNow() });

    /// <summary>Brings a deleted version back (KV 2).</summary>
    public void Undelete(string path, int version) => Change(path, version, entry => entry with { Deleted = null });

    /// <summary>Removes the data of a version for good (KV 2).</summary>
    public void Destroy(string path, int version) => Change(path, version, entry => entry with { Data = null });

    /// <summary>Removes a secret with all its versions and its metadata.</summary>
    public void Remove(string path)
    {
        lock (_gate)
        {
            _secrets.Remove(path);
            _customMetadata.Remove(path);
        }
    }

    internal Answer Answer(ReceivedRequest request, string rest, bool list)
    {
        if (request.Method is not ("GET" or "LIST"))
        {
            return VaultAnswers.Errors(405, "unsupported operation");
        }

        if (Version == 1)
        {
            return list ? List(rest) : ReadOne(rest);
        }

        return rest.Split('/', 2) switch
        {
            ["data", string path] when !list => ReadVersion(path, request.Query("version")),
            ["metadata", string path] when list => List(path),
            ["metadata"] when list => List(""),
            ["metadata", string path] => ReadMetadata(path),
            ["data", ..] => VaultAnswers.Errors(405, "unsupported operation"),
            _ => VaultAnswers.Data(null, warning: InvalidPath, status: 404),
        };
    }

    private void Change(string path, int version, Func<KeyValueVersion, KeyValueVersion> change)
    {
        lock (_gate)
        {
            List<KeyValueVersion> versions = _secrets[path];
            versions[version - 1] = change(versions[version - 1]);
        }
    }

    private Answer ReadOne(string path)
    {
        if (!_secrets.TryGetValue(path, out List<KeyValueVersion>? versions))
        {
            return VaultAnswers.Errors(404);
        }

        JsonObject data = versions[0].Data!;
        TimeSpan advised = VaultDuration.Read(data["ttl"]) is { } ttl && ttl > TimeSpan.Zero ? ttl : TimeSpan.FromDays(32);
        return VaultAnswers.Data(data.DeepClone(), leaseSeconds: (long)advised.TotalSeconds);
    }

    private Answer ReadVersion(string path, string? asked)
    {
        int number = 0;
        if (asked is not null && !int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return VaultAnswers.Errors(400, $"error converting input for field \"version\": cannot parse '{asked}' as int");
        }

        if (!_secrets.TryGetValue(path, out List<KeyValueVersion>? versions) || number > versions.Count)
        {
            return VaultAnswers.Errors(404);
        }

        KeyValueVersion version = versions[(number == 0 ? versions.Count : number) - 1];
        bool readable = version.Data is not null && !version.IsDeleted(_time.GetUtcNow());
        JsonObject metadata = version.Metadata();
        metadata["custom_metadata"] = _customMetadata.GetValueOrDefault(path)?.DeepClone();
        metadata["version"] = version.Number;
        JsonObject body = new() { ["data"] = readable ? version.Data!.DeepClone() : null, ["metadata"] = metadata };
        return VaultAnswers.Data(body, status: readable ? 200 : 404);
    }

    private Answer ReadMetadata(string path)
    {
        if (!_secrets.TryGetValue(path, out List<KeyValueVersion>? versions))
        {
            return VaultAnswers.Errors(404);
        }

        return VaultAnswers.Data(new JsonObject
        {
            ["cas_required"] = false,
            ["created_time"] = VaultAnswers.Stamp(versions[0].Created),
            ["current_version"] = versions.Count,
            ["custom_metadata"] = _customMetadata.GetValueOrDefault(path)?.DeepClone(),
            ["delete_version_after"] = "0s",
            ["max_versions"] = 0,
            ["oldest_version"] = 0,
            ["updated_time"] = VaultAnswers.Stamp(versions[^1].Created),
            ["versions"] = new JsonObject(versions.Select(version =>
                new KeyValuePair<string, JsonNode?>(version.Number.ToString(CultureInfo.InvariantCulture), version.Metadata()))),
        });
    }

    private Answer List(string folder)
    {
        string prefix = folder.Length == 0 || folder.EndsWith('/') ? folder : folder + "/";
        string[] keys =
        [
            .. _secrets.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
                .Select(path => path[prefix.Length..].Split('/', 2) is [string head, _] ? head + "/" : path[prefix.Length..])
                .Distinct().Order(StringComparer.Ordinal),
        ];
        return keys.Length == 0 ? VaultAnswers.Errors(404) : VaultAnswers.Data(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]) });
    }

    private sealed record KeyValueVersion(int Number, JsonObject? Data, DateTimeOffset Created)
    {
        internal DateTimeOffset? Deleted { get; init; }

        internal bool IsDeleted(DateTimeOffset now) => Deleted <= now;

        internal JsonObject Metadata() => new()
        {
            ["created_time"] = VaultAnswers.Stamp(Created),
            ["deletion_time"] = Deleted is { } deleted ? VaultAnswers.Stamp(deleted) : "",
            ["destroyed"] = Data is null,
        };
    }
}

using System.Text.Json;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// Credentials that Vault made for us and will revoke: all fields come from one answer, so that a user name never meets another one's password.
/// Times are the session's age.
/// </summary>
internal sealed class VaultLease : IDisposable
{
    private readonly Dictionary<string, Secret> _fields = new(StringComparer.Ordinal);
    private readonly TimeSpan _first;
    private TimeSpan _duration;
    private TimeSpan _start;

    private VaultLease(string id, bool isRenewable, TimeSpan duration, TimeSpan now, int generation)
    {
        (Id, IsRenewable, Generation) = (id, isRenewable, generation);
        (_first, _duration, _start) = (duration, duration, now);
    }

    /// <summary>The lease's id; no secret, but nothing for messages either.</summary>
    public string Id { get; }

    /// <summary>Whether it can be renewed.</summary>
    public bool IsRenewable { get; }

    /// <summary>The login it was got with; it ends with that token.</summary>
    public int Generation { get; }

    /// <summary>When Vault revokes it.</summary>
    public TimeSpan End => _start + _duration;

    /// <summary>How long the first lease was: what a renewal asks for.</summary>
    public TimeSpan Increment => _first;

    /// <summary>Returns the lease in an answer, or null when the answer has none.</summary>
    public static VaultLease? Of(VaultDocument document, TimeSpan now, int generation)
    {
        if (document.Text("lease_id") is not { Length: > 0 } id
            || document.Seconds("lease_duration") is not TimeSpan duration || duration == TimeSpan.Zero
            || document.Find("data") is not JsonElement { ValueKind: JsonValueKind.Object } data)
        {
            return null;
        }

        VaultLease lease = new(id, document.Flag("renewable"), duration, now, generation);
        foreach (JsonProperty field in data.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Null && VaultDocument.SecretOf(field.Value) is Secret value)
            {
                lease._fields[field.Name] = value;
            }
        }

        return lease;
    }

    /// <summary>Returns the field's value, owned by the lease, or null when there is no such field.</summary>
    public Secret? Find(string field) => _fields.GetValueOrDefault(field);

    /// <summary>Whether half of its time is over, so that it should be renewed.</summary>
    public bool IsDue(TimeSpan now) => now >= _start + (_duration / 2);

    /// <summary>Takes what a renewal granted; returns whether that is enough to go on with these credentials: half of the first lease or more.</summary>
    public bool Extend(TimeSpan granted, TimeSpan now)
    {
        (_duration, _start) = (granted, now);
        return granted >= _first / 2;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Secret value in _fields.Values)
        {
            value.Dispose();
        }

        _fields.Clear();
    }
}

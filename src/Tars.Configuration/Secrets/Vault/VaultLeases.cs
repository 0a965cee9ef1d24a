using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// The credentials that Vault made for us, each path once at a time. A lease is renewed when it is asked for past half of its time; when it
/// cannot be renewed for at least half of its first time, new credentials are asked for while the old ones still work.
/// </summary>
internal sealed class VaultLeases(VaultConnection connection, VaultSession session) : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, VaultLease> _leases = new(StringComparer.Ordinal);

    /// <summary>Returns a field's answer; else the reply, owned by the caller: a 200 without a lease, or why there are no credentials.</summary>
    public async Task<(SecretAnswer? Answer, VaultReply? Reply)> FindAsync(
        VaultAddress address, string place, Secret token, int generation, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = _gates.GetOrAdd(address.Path, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            VaultLease? held = _leases.GetValueOrDefault(address.Path);
            bool isOurs = held is not null && held.Generation == generation && session.Now < held.End;
            if (isOurs && (!held!.IsDue(session.Now) || (held.IsRenewable && await RenewAsync(held, token, cancellationToken).ConfigureAwait(false))))
            {
                return (Field(held, address, place), null);
            }

            VaultReply reply = await connection.SendAsync(HttpMethod.Get, address.Path, null, token, cancellationToken).ConfigureAwait(false);
            if (reply is VaultReply.Answered { Status: 200 } answer && VaultLease.Of(answer.Document, session.Now, generation) is VaultLease lease)
            {
                answer.Dispose();
                _leases[address.Path] = lease;
                held?.Dispose();
                return (Field(lease, address, place), null);
            }

            // The old credentials work until their end.
            return reply is VaultReply.Nothing && isOurs && session.Now < held!.End ? (Field(held, address, place), null) : (null, reply);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Zeroes all credentials. They stay valid at Vault until their leases end.</summary>
    public void Dispose()
    {
        foreach (VaultLease lease in _leases.Values)
        {
            lease.Dispose();
        }

        foreach (SemaphoreSlim gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    // Ends with the lease, and with the token it hangs on.
    private SecretAnswer Field(VaultLease lease, VaultAddress address, string place)
    {
        TimeSpan left = lease.End > session.Now ? lease.End - session.Now : TimeSpan.Zero;
        return lease.Find(address.Field) is Secret value
            ? SecretAnswer.Found.Of(value.Bytes, $"{place} (leased)", session.Remaining is TimeSpan token && token < left ? token : left)
            : new SecretAnswer.Absent(place);
    }

    private async Task<bool> RenewAsync(VaultLease lease, Secret token, CancellationToken cancellationToken)
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$"""{"lease_id":"{{System.Text.Json.JsonEncodedText.Encode(lease.Id)}}","increment":{{(long)lease.Increment.TotalSeconds}}}"""));
        using VaultReply reply = await connection.SendAsync(HttpMethod.Post, "sys/leases/renew", body, token, cancellationToken).ConfigureAwait(false);
        return reply is VaultReply.Answered { Status: 200 } answer
            && answer.Document.Seconds("lease_duration") is TimeSpan granted
            && lease.Extend(granted, session.Now);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tars.Server.Access;

namespace Tars.Server.Limits;

/// <summary>Whose requests are counted together: one credential's, or those of one address.</summary>
internal readonly struct LimitKey : IEquatable<LimitKey>
{
    private LimitKey(LimitRule rule, UInt128 id, string? credential) => (Rule, Id, Credential) = (rule, id, credential);

    /// <summary>The rule that counts them.</summary>
    public LimitRule Rule { get; }

    /// <summary>The user's id, or the address.</summary>
    public UInt128 Id { get; }

    /// <summary>The credential's id; null for an address.</summary>
    public string? Credential { get; }

    /// <summary>The key of a credential.</summary>
    public static LimitKey Of(LimitRule rule, Caller.Known caller)
    {
        Guid user = caller.UserId;
        return new LimitKey(rule, MemoryMarshal.Cast<Guid, UInt128>(MemoryMarshal.CreateReadOnlySpan(ref user, 1))[0], caller.CredentialId);
    }

    /// <summary>The key of an address. Of an IPv6 address only the network counts (64 bits): whoever has one has all the addresses in it.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="address">The address; null where the connection has none, as on a socket of the machine.</param>
    public static LimitKey Of(LimitRule rule, IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            address.TryWriteBytes(bytes, out _);
            bytes[8..].Clear();
        }
        else if (address is not null)
        {
            Span<byte> mapped = stackalloc byte[16];
            address.TryWriteBytes(mapped, out int written);
            bytes[10] = bytes[11] = 0xff;
            mapped[(written - 4)..written].CopyTo(bytes[12..]);
        }

        return new LimitKey(rule, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes), null);
    }

    /// <summary>The key's name where other replicas find it.</summary>
    public string Shared(string prefix) => Credential is null
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{Rule.Name}:a:{Id:x32}")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{Rule.Name}:u:{Id:x32}:{Credential}");

    /// <inheritdoc/>
    public bool Equals(LimitKey other) => ReferenceEquals(Rule, other.Rule) && Id == other.Id && string.Equals(Credential, other.Credential, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LimitKey other && Equals(other);

    // Seeded by the runtime: nobody outside can choose addresses that fall together.
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Rule), (ulong)Id, (ulong)(Id >> 64), Credential);
}

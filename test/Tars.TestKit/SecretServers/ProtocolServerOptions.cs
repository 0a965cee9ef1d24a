namespace Tars.TestKit.SecretServers;

/// <summary>How a protocol server is started.</summary>
public sealed record ProtocolServerOptions
{
    /// <summary>The clock that decides over expiry and skew. TLS certificates follow the system clock, as a client's checks do.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The authority for its TLS certificate; null makes one of its own. The caller keeps what it passes.</summary>
    public PrivateAuthority? Authority { get; init; }

    /// <summary>DNS names in the TLS certificate besides localhost and 127.0.0.1.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>False gives a TLS certificate that is not for localhost.</summary>
    public bool CertificateNamesLoopback { get; init; } = true;

    /// <summary>True gives a TLS certificate that ended a minute ago.</summary>
    public bool CertificateExpired { get; init; }
}

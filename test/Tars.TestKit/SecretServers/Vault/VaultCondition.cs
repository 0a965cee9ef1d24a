namespace Tars.TestKit.SecretServers.Vault;

/// <summary>What a node can be, as <c>sys/health</c> tells it.</summary>
public enum VaultCondition
{
    /// <summary>Unsealed and serving.</summary>
    Active,

    /// <summary>Sealed: nothing but health is answered, with 503.</summary>
    Sealed,

    /// <summary>Unsealed, another node serves.</summary>
    Standby,

    /// <summary>A standby that answers reads; health says 473.</summary>
    PerformanceStandby,

    /// <summary>A disaster recovery secondary; health says 472.</summary>
    DisasterRecoverySecondary,

    /// <summary>Never initialised; health says 501.</summary>
    Uninitialized,
}

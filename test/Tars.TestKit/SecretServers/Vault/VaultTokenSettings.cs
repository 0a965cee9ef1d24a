namespace Tars.TestKit.SecretServers.Vault;

/// <summary>What tokens a role, or a call, gives out (API, "token fields").</summary>
public sealed record VaultTokenSettings
{
    /// <summary>Names of policies besides <c>default</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Until it expires; zero never expires.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Past this age no renewal helps.</summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether it can be renewed.</summary>
    public bool Renewable { get; init; } = true;

    /// <summary>How many requests it is good for; zero is no limit.</summary>
    public int Uses { get; init; }

    /// <summary>Leaves the policy <c>default</c> out.</summary>
    public bool NoDefaultPolicy { get; init; }
}

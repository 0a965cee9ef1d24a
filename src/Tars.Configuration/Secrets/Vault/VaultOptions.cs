namespace Tars.Configuration.Secrets.Vault;

/// <summary>Which Vault, how to log in and which secret is meant by a plain name.</summary>
internal sealed record VaultOptions
{
    /// <summary>The address, possibly with a path that the API is behind; <c>/v1/…</c> is put after it.</summary>
    public required Uri Url { get; init; }

    /// <summary>How to log in.</summary>
    public required VaultLogin Login { get; init; }

    /// <summary>The namespace of Vault Enterprise; null for none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The mount of the key-value store of plain names.</summary>
    public string Mount { get; init; } = "secret";

    /// <summary>The path below it of the secret whose fields plain names are.</summary>
    public string Path { get; init; } = "tars";

    /// <summary>The version of the store at <see cref="Mount"/>, 1 or 2; null to ask Vault.</summary>
    public int? KvVersion { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a request is sent again.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The bound of the first pause before a request is sent again; it doubles each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause; when Vault asks for a longer one the request is given up.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The largest answer read, in bytes.</summary>
    public int MaxAnswerBytes { get; init; } = 1 << 20;

    /// <summary>The certificates in PEM that Vault's must lead to; null for the system's.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>The client certificate in PEM; null for none.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>Its key in PEM; null when it stands in the certificate's file.</summary>
    public string? ClientKeyFile { get; init; }
}

/// <summary>A way to log in.</summary>
internal abstract record VaultLogin
{
    private VaultLogin()
    {
    }

    /// <summary>With a token that somebody made.</summary>
    /// <param name="Token">The token.</param>
    public sealed record ByToken(Credential Token) : VaultLogin;

    /// <summary>AppRole.</summary>
    /// <param name="Mount">The login method's mount.</param>
    /// <param name="RoleId">The role id.</param>
    /// <param name="SecretId">The secret id.</param>
    public sealed record ByAppRole(string Mount, Credential RoleId, Credential SecretId) : VaultLogin;

    /// <summary>Kubernetes and JWT, which take the same request.</summary>
    /// <param name="Mount">The login method's mount.</param>
    /// <param name="Role">The role; null for the mount's default role.</param>
    /// <param name="Jwt">The JSON web token.</param>
    public sealed record ByJwt(string Mount, string? Role, Credential Jwt) : VaultLogin;
}

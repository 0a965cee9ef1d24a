using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Azure;

/// <summary>An application of a tenant and the ways it can prove itself.</summary>
public sealed class EntraApplication
{
    internal EntraApplication(string clientId, Lock gate)
    {
        ClientId = clientId;
        Gate = gate;
    }

    /// <summary>Its application id.</summary>
    public string ClientId { get; }

    internal Dictionary<string, DateTimeOffset> Secrets { get; } = [];

    internal List<X509Certificate2> Certificates { get; } = [];

    internal List<(TokenIssuer Issuer, string Subject)> Federations { get; } = [];

    private Lock Gate { get; }

    /// <summary>A new client secret that ends at a time.</summary>
    public string AddSecret(DateTimeOffset ends)
    {
        string secret = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~._-", 40);
        lock (Gate)
        {
            Secrets.Add(secret, ends);
        }

        return secret;
    }

    /// <summary>Registers a certificate whose key may sign client assertions; the caller keeps it.</summary>
    public void AddCertificate(X509Certificate2 certificate)
    {
        lock (Gate)
        {
            Certificates.Add(certificate);
        }
    }

    /// <summary>Trusts an issuer's tokens for one subject, with the audience <c>api://AzureADTokenExchange</c>.</summary>
    public void AddFederation(TokenIssuer issuer, string subject)
    {
        lock (Gate)
        {
            Federations.Add((issuer, subject));
        }
    }
}

/// <summary>A tenant of Microsoft Entra: its applications and the key that signs its access tokens. Servers of one tenant share it.</summary>
public sealed class EntraTenant : IDisposable
{
    /// <summary>The resource whose tokens Key Vault takes.</summary>
    public const string VaultResource = "https://vault.azure.net";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EntraApplication> _applications = [];
    private readonly TokenIssuer _issuer;

    /// <summary>A new tenant with a new key.</summary>
    public EntraTenant(TimeProvider time)
    {
        Time = time;
        Id = Guid.NewGuid().ToString();
        _issuer = new TokenIssuer($"https://sts.windows.net/{Id}/", time, "ES256");
    }

    /// <summary>The tenant id.</summary>
    public string Id { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>A new application.</summary>
    public EntraApplication CreateApplication()
    {
        EntraApplication application = new(Guid.NewGuid().ToString(), _gate);
        lock (_gate)
        {
            _applications.Add(application.ClientId, application);
        }

        return application;
    }

    /// <summary>An access token of an application, or of a managed identity, for a resource.</summary>
    public string CreateToken(string clientId, string resource, TimeSpan lifetime) =>
        _issuer.Issue(clientId, resource, lifetime, new Dictionary<string, JsonNode?> { ["appid"] = clientId, ["tid"] = Id });

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _issuer.Dispose();

    internal EntraApplication? Find(string clientId)
    {
        lock (_gate)
        {
            return _applications.GetValueOrDefault(clientId);
        }
    }

    /// <summary>The application that a live access token for Key Vault is about; null for any other token.</summary>
    internal string? Holder(string token, string resource) =>
        JsonWebToken.Parse(token) is { } parsed && parsed.IsSignedBy(_issuer.Key) && parsed.Issuer == _issuer.Issuer
        && parsed.Audiences.Contains(resource) && parsed.Seconds("exp") is { } ends && DateTimeOffset.FromUnixTimeSeconds(ends) > Time.GetUtcNow()
            ? parsed.Claim("appid")
            : null;
}

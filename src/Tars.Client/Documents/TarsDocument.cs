using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>What every document of the API has.</summary>
public abstract record TarsDocument
{
    private protected TarsDocument()
    {
    }

    /// <summary>When what is answered was kept; null where nothing is kept.</summary>
    public DateTimeOffset? GeneratedAt { get; init; }

    /// <summary>The request's id, as in the server's log; null for an item of a list.</summary>
    public string? RequestId { get; init; }
}

/// <summary>One page of a list.</summary>
/// <typeparam name="T">An item.</typeparam>
public abstract record TarsPage<T> : TarsDocument
{
    private protected TarsPage()
    {
    }

    /// <summary>The items of this page.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<T> Items { get; }

    /// <summary>Where the next page begins; null at the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>Whether the server works.</summary>
public sealed record ServerHealth : TarsDocument
{
    /// <summary><c>healthy</c> or <c>unhealthy</c>.</summary>
    public string Status { get => field ?? string.Empty; init; }

    /// <summary>Whether it is healthy.</summary>
    [JsonIgnore]
    public bool IsHealthy => Status == "healthy";

    /// <summary>The program's version.</summary>
    public string Version { get => field ?? string.Empty; init; }

    /// <summary>The server's time.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>What the server depends on, and whether it can be used; null for a caller without a credential.</summary>
    public IReadOnlyDictionary<string, string>? Services { get; init; }
}

/// <summary>Who calls.</summary>
public sealed record CallerIdentity
{
    /// <summary>The user; null for a person of another issuer.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The name.</summary>
    public string Login { get => field ?? string.Empty; init; }

    /// <summary><c>readonly</c>, <c>sre</c> or <c>admin</c>: what may be done with the credential.</summary>
    public string Role { get => field ?? string.Empty; init; }

    /// <summary>What was shown, such as <c>api_key</c> or <c>access_token</c>.</summary>
    public string Credential { get => field ?? string.Empty; init; }

    /// <summary>Whether the user has a second factor.</summary>
    public bool SecondFactor { get; init; }
}

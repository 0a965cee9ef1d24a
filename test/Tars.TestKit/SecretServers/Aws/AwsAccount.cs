using System.Security.Cryptography;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>Access keys.</summary>
/// <param name="AccessKeyId">The public part.</param>
/// <param name="SecretAccessKey">The key that signs.</param>
/// <param name="SessionToken">With temporary keys only; each request must carry and sign it.</param>
/// <param name="Expiration">When temporary keys end; null for keys of a user.</param>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null, DateTimeOffset? Expiration = null);

/// <summary>A role that a web identity may assume.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Provider">Whose tokens it trusts.</param>
/// <param name="Audience">What <c>aud</c> must hold.</param>
/// <param name="Subject">What <c>sub</c> must be.</param>
public sealed record AwsRole(string Name, TokenIssuer Provider, string Audience, string Subject)
{
    /// <summary>The longest session, an hour unless set.</summary>
    public TimeSpan MaximumSession { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>An account: its keys, its roles, and what is denied. Servers of one account share it.</summary>
public sealed class AwsAccount(TimeProvider time, string region = "eu-central-1", string id = "123456789012")
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AwsCredentials> _keys = [];
    private readonly Dictionary<string, AwsRole> _roles = [];
    private readonly HashSet<(string AccessKeyId, string Action)> _denied = [];

    /// <summary>The region of its servers.</summary>
    public string Region => region;

    /// <summary>The account number.</summary>
    public string Id => id;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Keys of a user, without an end.</summary>
    public AwsCredentials CreateUserKeys() => Add(new AwsCredentials("AK" + "IA" + Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), Secret()));

    /// <summary>Temporary keys with a session token.</summary>
    public AwsCredentials CreateSessionKeys(TimeSpan lifetime) => Add(new AwsCredentials(
        "AS" + "IA" + Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), Secret(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(120)), Whole(time.GetUtcNow() + lifetime)));

    /// <summary>Takes over keys that are given, such as those of a published example.</summary>
    public AwsCredentials Add(AwsCredentials credentials)
    {
        lock (_gate)
        {
            _keys.Add(credentials.AccessKeyId, credentials);
        }

        return credentials;
    }

    /// <summary>Deletes keys; what they sign is refused from now on.</summary>
    public void Delete(AwsCredentials credentials)
    {
        lock (_gate)
        {
            _keys.Remove(credentials.AccessKeyId);
        }
    }

    /// <summary>Adds a role and returns its ARN.</summary>
    public string AddRole(AwsRole role)
    {
        string arn = $"arn:aws:iam::{id}:role/{role.Name}";
        lock (_gate)
        {
            _roles.Add(arn, role);
        }

        return arn;
    }

    /// <summary>Denies an action such as <c>secretsmanager:GetSecretValue</c> to keys; anything not denied is allowed.</summary>
    public void Deny(AwsCredentials credentials, string action)
    {
        lock (_gate)
        {
            _denied.Add((credentials.AccessKeyId, action));
        }
    }

    internal AwsCredentials? Find(string accessKeyId)
    {
        lock (_gate)
        {
            return _keys.GetValueOrDefault(accessKeyId);
        }
    }

    internal AwsRole? Role(string arn)
    {
        lock (_gate)
        {
            return _roles.GetValueOrDefault(arn);
        }
    }

    internal IReadOnlyList<AwsRole> Roles()
    {
        lock (_gate)
        {
            return [.. _roles.Values];
        }
    }

    internal bool IsDenied(AwsCredentials credentials, string action)
    {
        lock (_gate)
        {
            return _denied.Contains((credentials.AccessKeyId, action));
        }
    }

    private static string Text(string letters, int length) => RandomNumberGenerator.GetString(letters, length);

    private static string Secret() => Text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40);

    private static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
}

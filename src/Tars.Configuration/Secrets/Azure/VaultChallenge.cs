using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Azure;

/// <summary>
/// What a vault that was asked without a token says about the token it wants. It decides nothing: credentials only ever go to the authority
/// and tenant of the settings, and a challenge that names others is refused. Source: Azure Key Vault, "Authentication, requests and responses".
/// </summary>
/// <param name="Authority">The address of authority and tenant.</param>
/// <param name="Resource">What the token has to be for.</param>
internal sealed record VaultChallenge(Uri Authority, string Resource)
{
    /// <summary>Reads the challenge of an answer.</summary>
    /// <exception cref="SecretBackendException">There is none.</exception>
    public static VaultChallenge Read(SecretResponse response)
    {
        foreach (string header in response.Headers("WWW-Authenticate"))
        {
            if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            Dictionary<string, string> parts = Parts(header["Bearer ".Length..]);
            string? authority = parts.GetValueOrDefault("authorization") ?? parts.GetValueOrDefault("authorization_uri");
            string? resource = parts.GetValueOrDefault("resource") ?? parts.GetValueOrDefault("scope");
            if (Uri.TryCreate(authority, UriKind.Absolute, out Uri? address) && resource is { Length: > 0 and <= 512 })
            {
                const string Default = "/.default";
                return new VaultChallenge(address, resource.EndsWith(Default, StringComparison.Ordinal) ? resource[..^Default.Length] : resource);
            }
        }

        throw response.Malformed("no challenge that names an authority and a resource");
    }

    /// <summary>Returns the resource after checking that the challenge fits the settings.</summary>
    /// <param name="vault">The vault's address.</param>
    /// <param name="login">The configured authority.</param>
    /// <param name="tenant">The configured tenant; null where none is used (managed identity).</param>
    /// <param name="configured">The configured resource; null for any that the vault's host is below.</param>
    /// <exception cref="SecretBackendException">It names another authority, tenant or resource.</exception>
    public string Checked(Uri vault, Uri login, string? tenant, string? configured)
    {
        if (Uri.Compare(Authority, login, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw SecretBackendException.Refused(
                $"the vault asks for a login at {Authority.GetLeftPart(UriPartial.Authority)}, and only {login.GetLeftPart(UriPartial.Authority)} is configured; set secrets.azure_authority_host if that is right");
        }

        string theirs = Authority.AbsolutePath.Trim('/').Split('/')[0];
        if (tenant is not null && Guid.TryParse(theirs, out Guid asked) && Guid.TryParse(tenant, out Guid ours) && asked != ours)
        {
            throw SecretBackendException.Refused($"the vault belongs to the tenant {asked}, and secrets.azure_tenant_id is {ours}");
        }

        if (!string.IsNullOrEmpty(configured))
        {
            return Resource.TrimEnd('/') == configured.TrimEnd('/') ? Resource.TrimEnd('/')
                : throw SecretBackendException.Refused("the vault asks for a token for another resource than secrets.azure_resource");
        }

        return Uri.TryCreate(Resource, UriKind.Absolute, out Uri? resource) && resource.Scheme == "https"
            && vault.IdnHost.EndsWith($".{resource.IdnHost}", StringComparison.OrdinalIgnoreCase)
            ? Resource.TrimEnd('/')
            : throw SecretBackendException.Refused($"the vault {vault.IdnHost} asks for a token for a resource that it is not below; a token for it could be used elsewhere. Set secrets.azure_resource if that is right");
    }

    // RFC 9110, section 11.2: name="value" or name=value, with commas or, as Key Vault has written it, spaces between.
    private static Dictionary<string, string> Parts(string text)
    {
        Dictionary<string, string> parts = new(StringComparer.OrdinalIgnoreCase);
        ReadOnlySpan<char> rest = text;
        while ((rest = rest.TrimStart(", \t")).IndexOf('=') is > 0 and int equals)
        {
            string name = rest[..equals].Trim().ToString();
            rest = rest[(equals + 1)..].TrimStart();
            bool isQuoted = rest.Length > 0 && rest[0] == '"';
            rest = isQuoted ? rest[1..] : rest;
            int end = isQuoted ? rest.IndexOf('"') : rest.IndexOfAny(", \t");
            end = end < 0 ? rest.Length : end;
            parts.TryAdd(name, rest[..end].ToString());
            rest = rest[Math.Min(rest.Length, end + 1)..];
        }

        return parts;
    }
}

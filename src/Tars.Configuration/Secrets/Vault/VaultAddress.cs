namespace Tars.Configuration.Secrets.Vault;

/// <summary>Which field of which secret a name means.</summary>
/// <param name="Path">Mount and path, without the <c>data/</c> that the second version of the key-value store puts between them.</param>
/// <param name="Field">The field.</param>
internal sealed record VaultAddress(string Path, string Field)
{
    /// <summary>
    /// Returns what <paramref name="name"/> means: <c>path#field</c> names a secret by mount and path, any other name is a field of the secret
    /// at <c>vault_mount</c> and <c>vault_path</c>. Null when the path has an empty part, <c>.</c> or <c>..</c>, or the field is empty.
    /// </summary>
    public static VaultAddress? Parse(string name, VaultOptions options)
    {
        int mark = name.LastIndexOf('#');
        VaultAddress address = mark < 0 ? new($"{options.Mount}/{options.Path}", name) : new(name[..mark], name[(mark + 1)..]);
        return address.Field.Length > 0 && address.Path.Contains('/', StringComparison.Ordinal)
            && address.Path.Split('/').All(part => part is not ("" or "." or "..") && !part.Contains('#', StringComparison.Ordinal))
            ? address
            : null;
    }

    /// <summary>Returns <c>secret/tars#jwt_secret</c>.</summary>
    public override string ToString() => $"{Path}#{Field}";
}

namespace Tars.Configuration.Secrets.Files;

/// <summary>
/// A folder with one secret in each file: <c>${jwt_secret}</c> is the file <c>jwt_secret</c>, <c>${db/password}</c> and <c>${db#password}</c>
/// the file <c>password</c> in the folder <c>db</c>. Kubernetes and Docker mount secrets so.
/// </summary>
/// <remarks>
/// Links are followed as long as they end within the folder. A name with a part that starts with a dot, or with any other character than
/// letters, digits, <c>_ - .</c>, names no file. Every question reads the file anew, so a volume that is updated is taken up.
/// </remarks>
/// <param name="folder">The folder.</param>
/// <param name="mayGroupRead">Whether the files' group may read them; see <c>secrets.file_group_read</c>.</param>
public sealed class FolderSecrets(string folder, bool mayGroupRead) : ISecretBackend
{
    /// <inheritdoc/>
    public string Name => $"files in {folder}";

    /// <inheritdoc/>
    public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(name));
    }

    private SecretAnswer Find(string name)
    {
        string[] parts = name.Split('/', '#');
        if (!parts.All(IsFileName))
        {
            return new SecretAnswer.Absent($"{folder}: no file can bear the name {name}");
        }

        if (!Directory.Exists(folder))
        {
            return new SecretAnswer.Unreachable(folder, "there is no such folder");
        }

        try
        {
            string path = Path.Combine([folder, .. parts]);
            string real = RealPath.Of(path);
            return !RealPath.IsWithin(real, RealPath.Of(folder))
                ? new SecretAnswer.Refused(path, "it is a link to somewhere outside the folder of secrets; put the file into the folder")
                : PrivateFile.WithoutLineEnd(PrivateFile.Read(real, PrivateFile.SecretLimit, mayGroupRead ? FileRule.GroupMayRead : FileRule.OwnerOnly)) switch
                {
                    SecretAnswer.Found found => found with { Place = path },
                    SecretAnswer.Absent absent => absent with { Place = path },
                    SecretAnswer.Refused refused => refused with { Place = path },
                    SecretAnswer answer => answer,
                };
        }
        catch (IOException)
        {
            return new SecretAnswer.Unreachable(folder, "its links lead in a circle or cannot be read");
        }
        catch (UnauthorizedAccessException)
        {
            return new SecretAnswer.Refused(folder, "this process may not read it; give the folder to its user");
        }
    }

    private static bool IsFileName(string part) =>
        part.Length is > 0 and <= 200 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}

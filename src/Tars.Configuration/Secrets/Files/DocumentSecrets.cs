using Tars.Configuration.Documents;

namespace Tars.Configuration.Secrets.Files;

/// <summary>
/// One YAML or JSON file of secrets (JSON when its name ends in <c>.json</c>). <c>${jwt_secret}</c> is a key at the top; <c>${db.password}</c>,
/// <c>${db/password}</c> and <c>${db#password}</c> are the key <c>password</c> under <c>db</c>. A key that is written with those characters
/// is found first.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="mayGroupRead">Whether its group may read it; see <c>secrets.file_group_read</c>.</param>
public sealed class DocumentSecrets(string path, bool mayGroupRead) : ISecretBackend
{
    /// <inheritdoc/>
    public string Name => $"file {path}";

    /// <inheritdoc/>
    public Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SecretAnswer answer = PrivateFile.Read(path, SettingsDocument.SizeLimit, mayGroupRead ? FileRule.GroupMayRead : FileRule.OwnerOnly);
        return Task.FromResult(answer switch
        {
            SecretAnswer.Found found => FindIn(found, name),
            SecretAnswer.Absent => new SecretAnswer.Unreachable(path, "there is no such file"),
            _ => answer,
        });
    }

    private SecretAnswer FindIn(SecretAnswer.Found file, string name)
    {
        using Secret document = file.Value;
        try
        {
            return Lookup(SettingsDocument.Read(document.Bytes, path), name) switch
            {
                null or SettingsNode.Scalar { IsNull: true } => new SecretAnswer.Absent($"{path}: {name}"),
                SettingsNode.Scalar { Text.Length: 0 } empty => new SecretAnswer.Refused(empty.Origin.ToString(), $"{name} is empty; write the secret, or remove the key"),
                SettingsNode.Scalar scalar => SecretAnswer.Found.Of(scalar.Text, scalar.Origin.ToString()),
                SettingsNode other => new SecretAnswer.Refused(other.Origin.ToString(), $"{name} is {other.Shape}; name a single value in it"),
            };
        }
        catch (SettingsException refusal)
        {
            // The problem's own words may quote the file: they are not repeated.
            return new SecretAnswer.Refused(refusal.Problems[0].Origin.ToString(), "it cannot be read as YAML or JSON from there on");
        }
    }

    private static SettingsNode? Lookup(SettingsNode.Map map, string name)
    {
        if (map.Find(name) is SettingsEntry whole)
        {
            return whole.Value;
        }

        for (int i = name.AsSpan().IndexOfAny("./#"); i >= 0 && i < name.Length;)
        {
            if (map.Find(name[..i])?.Value is SettingsNode.Map inner && Lookup(inner, name[(i + 1)..]) is SettingsNode found)
            {
                return found;
            }

            int next = name.AsSpan(i + 1).IndexOfAny("./#");
            i = next < 0 ? -1 : i + 1 + next;
        }

        return null;
    }
}

using Tars.Configuration.Layers;

namespace Tars.Configuration.Secrets.Files;

/// <summary>Reads the file backend's part of the <c>secrets</c> section.</summary>
internal static class FileSettings
{
    /// <summary>Returns the backend for the folder or file that the section names, or null after a problem.</summary>
    public static ISecretBackend? Read(SettingsSection secrets, string key, ICollection<SettingsProblem> problems)
    {
        if (secrets.FilePathOrNull("secrets_file_path") is not string path)
        {
            problems.Add(secrets.Problem(key, "names file, but secrets_file_path is missing; write the file, or the folder of files, that holds the secrets"));
            return null;
        }

        bool mayGroupRead = secrets.Flag("file_group_read");
        if (Directory.Exists(path))
        {
            return new FolderSecrets(path, mayGroupRead);
        }

        if (File.Exists(path))
        {
            return new DocumentSecrets(path, mayGroupRead);
        }

        problems.Add(secrets.Problem("secrets_file_path", $"{path} is neither a file nor a folder; make it, or correct the path"));
        return null;
    }
}

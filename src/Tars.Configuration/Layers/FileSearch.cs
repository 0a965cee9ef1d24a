using Tars.Configuration.Documents;

namespace Tars.Configuration.Layers;

/// <summary>Finds and reads configuration files. Paths are returned as a person would type them from the working folder.</summary>
internal static class FileSearch
{
    /// <summary>The variable that names the configuration file.</summary>
    public const string Variable = "TARS_CONFIG_PATH";

    private static readonly string[] FileNames = ["tars.yaml", "tars.yml", "tars.json"];
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Returns the configuration file, or null when none was asked for and none is found.</summary>
    /// <exception cref="SettingsException">A file was asked for and is not there.</exception>
    public static string? FindConfig(SettingsSearch search)
    {
        if (search.ConfigPath is string given)
        {
            return Existing(search, given, new Origin(LayerKind.CommandLine, "--config", 0, 0));
        }

        if (search.Environment.TryGetValue(Variable, out string? named) && named.Length > 0)
        {
            return Existing(search, named, new Origin(LayerKind.Environment, Variable, 0, 0));
        }

        foreach (string? folder in (string?[])["", search.UserFolder, search.SystemFolder])
        {
            foreach (string name in folder is null ? [] : FileNames)
            {
                string path = Path.Combine(folder!, name);
                if (File.Exists(Path.Combine(search.WorkingFolder, path)))
                {
                    return path;
                }
            }
        }

        return null;
    }

    /// <summary>Returns the user's file for <paramref name="profile"/>: <c>tars.NAME.yaml</c> or <c>config/NAME.yaml</c>, beside the
    /// configuration file or in the working folder; null when there is none.</summary>
    public static string? FindProfile(SettingsSearch search, string? configPath, string profile) =>
        ProfileCandidates(configPath, profile).FirstOrDefault(path => File.Exists(Path.Combine(search.WorkingFolder, path)));

    /// <summary>Returns the names of the profile files that <see cref="FindProfile"/> would find.</summary>
    public static IReadOnlyList<string> ProfileNames(SettingsSearch search, string? configPath)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (string folder in Folders(configPath).Distinct())
        {
            string beside = Path.Combine(search.WorkingFolder, folder);
            string config = Path.Combine(beside, "config");
            names.UnionWith(FilesIn(beside).Where(f => f.StartsWith("tars.", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)[4..].TrimStart('.')));
            names.UnionWith(FilesIn(config).Select(f => Path.GetFileNameWithoutExtension(f)!));
        }

        names.RemoveWhere(name => name.Length == 0);
        return [.. names];
    }

    /// <summary>Reads the file at <paramref name="path"/>, at most the size limit of it.</summary>
    /// <exception cref="SettingsException">The file cannot be read or is no configuration.</exception>
    public static SettingsNode.Map Read(SettingsSearch search, string path, LayerKind layer)
    {
        byte[] buffer = new byte[SettingsDocument.SizeLimit + 1];
        int length;
        try
        {
            using FileStream file = File.OpenRead(Path.Combine(search.WorkingFolder, path));
            length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SettingsException.Of(new Origin(layer, path, 0, 0), "", $"cannot be read: {failure.Message}");
        }

        return SettingsDocument.Read(buffer.AsSpan(0, length), path, layer);
    }

    private static string Existing(SettingsSearch search, string path, Origin origin) =>
        File.Exists(Path.Combine(search.WorkingFolder, path))
            ? path
            : throw SettingsException.Of(origin, "", Directory.Exists(Path.Combine(search.WorkingFolder, path)) ? $"{path} is a folder, not a file" : $"there is no file {path}");

    private static IEnumerable<string> ProfileCandidates(string? configPath, string profile) =>
        from folder in Folders(configPath).Distinct()
        from name in (string[])["tars." + profile, Path.Combine("config", profile)]
        from extension in Extensions
        select Path.Combine(folder, name + extension);

    private static IEnumerable<string> Folders(string? configPath) => [configPath is null ? "" : Path.GetDirectoryName(configPath) ?? "", ""];

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.Ordinal)).Select(f => Path.GetFileName(f))
            : [];
}

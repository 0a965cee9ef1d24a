using Tars.Configuration.Documents;
using Tars.Configuration.Profiles;

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

        return ConfigCandidates(search).FirstOrDefault(path => search.Files.Exists(Path.Combine(search.WorkingFolder, path)));
    }

    /// <summary>Returns every file whose appearance, change or end may change what a search finds, as full paths.</summary>
    public static IReadOnlyList<string> Watched(SettingsSearch search)
    {
        string? asked = search.ConfigPath ?? (search.Environment.GetValueOrDefault(Variable) is { Length: > 0 } named ? named : null);
        string[] configs = asked is null ? [.. ConfigCandidates(search)] : [asked];
        string profile = BuiltInProfiles.Choose(search);
        return [.. configs.Concat(configs.SelectMany(config => ProfileCandidates(config, profile))).Select(path => Path.GetFullPath(Path.Combine(search.WorkingFolder, path))).Distinct()];
    }

    /// <summary>Returns the user's file for <paramref name="profile"/>: <c>tars.NAME.yaml</c> or <c>config/NAME.yaml</c>, beside the
    /// configuration file or in the working folder; null when there is none.</summary>
    public static string? FindProfile(SettingsSearch search, string? configPath, string profile) =>
        ProfileCandidates(configPath, profile).FirstOrDefault(path => search.Files.Exists(Path.Combine(search.WorkingFolder, path)));

    /// <summary>Returns the names of the profile files that <see cref="FindProfile"/> would find.</summary>
    public static IReadOnlyList<string> ProfileNames(SettingsSearch search, string? configPath)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (string folder in Folders(configPath).Distinct())
        {
            string beside = Path.Combine(search.WorkingFolder, folder);
            string config = Path.Combine(beside, "config");
            names.UnionWith(FilesIn(search, beside).Where(f => f.StartsWith("tars.", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)[4..].TrimStart('.')));
            names.UnionWith(FilesIn(search, config).Select(f => Path.GetFileNameWithoutExtension(f)!));
        }

        names.RemoveWhere(name => name.Length == 0);
        return [.. names];
    }

    /// <summary>Reads the file at <paramref name="path"/>, at most the size limit of it.</summary>
    /// <exception cref="SettingsException">The file cannot be read or is no configuration.</exception>
    public static SettingsNode.Map Read(SettingsSearch search, string path, LayerKind layer)
    {
        byte[] bytes;
        try
        {
            bytes = search.Files.Read(Path.Combine(search.WorkingFolder, path), SettingsDocument.SizeLimit + 1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SettingsException.Of(new Origin(layer, path, 0, 0), "", $"cannot be read: {failure.Message}");
        }

        return SettingsDocument.Read(bytes, path, layer);
    }

    private static string Existing(SettingsSearch search, string path, Origin origin) =>
        search.Files.Exists(Path.Combine(search.WorkingFolder, path))
            ? path
            : throw SettingsException.Of(origin, "", search.Files.IsFolder(Path.Combine(search.WorkingFolder, path)) ? $"{path} is a folder, not a file" : $"there is no file {path}");

    private static IEnumerable<string> ConfigCandidates(SettingsSearch search) =>
        from folder in (string?[])["", search.UserFolder, search.SystemFolder]
        where folder is not null
        from name in FileNames
        select Path.Combine(folder, name);

    private static IEnumerable<string> ProfileCandidates(string? configPath, string profile) =>
        from folder in Folders(configPath).Distinct()
        from name in (string[])["tars." + profile, Path.Combine("config", profile)]
        from extension in Extensions
        select Path.Combine(folder, name + extension);

    private static IEnumerable<string> Folders(string? configPath) => [configPath is null ? "" : Path.GetDirectoryName(configPath) ?? "", ""];

    private static IEnumerable<string> FilesIn(SettingsSearch search, string folder) =>
        search.Files.NamesIn(folder).Where(name => Extensions.Contains(Path.GetExtension(name), StringComparer.Ordinal));
}

using Tars.Configuration.Layers;

namespace Tars.Configuration.Interrogation;

/// <summary>Searches for one side of a comparison.</summary>
public static class ComparedSettings
{
    /// <summary>Returns <paramref name="search"/> for one side: the file of that name where there is one, else the profile of that name over the same files.</summary>
    public static SettingsSearch Of(this SettingsSearch search, string side)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(side);
        return File.Exists(Path.Combine(search.WorkingFolder, side)) || Path.GetExtension(side) is ".yaml" or ".yml" or ".json"
            ? search with { ConfigPath = side }
            : search with { Profile = side };
    }
}

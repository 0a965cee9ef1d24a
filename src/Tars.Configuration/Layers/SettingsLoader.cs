using System.Collections.Frozen;
using Tars.Configuration.Documents;
using Tars.Configuration.Profiles;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>
/// Loads settings: command line over environment over the user's file over the user's profile file over the built-in profile over defaults.
/// Maps merge deeply; lists and single values replace.
/// </summary>
public static class SettingsLoader
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [BuiltInProfiles.Variable, BuiltInProfiles.OlderVariable, FileSearch.Variable], StringComparer.Ordinal);

    /// <summary>Finds the files, reads every layer, merges and validates.</summary>
    /// <param name="search">Where to look and what was asked.</param>
    /// <param name="schema">The keys.</param>
    /// <exception cref="SettingsException">Something is wrong; every problem of every layer is in it.</exception>
    public static LoadedSettings Load(SettingsSearch search, SettingsSchema schema)
    {
        List<SettingsProblem> problems = [];
        List<string> notes = [];
        string profile = BuiltInProfiles.Choose(search);
        string? configPath = FileSearch.FindConfig(search);
        string? profilePath = FileSearch.FindProfile(search, configPath, profile);
        if (profilePath is null && !BuiltInProfiles.Names.Contains(profile))
        {
            throw BuiltInProfiles.Unknown(search, profile, FileSearch.ProfileNames(search, configPath));
        }

        List<SettingsLayer> layers = [];
        void Add(LayerKind kind, string name, Func<SettingsNode.Map> read)
        {
            try
            {
                SettingsNode.Map root = NodeTree.ReplaceAliases(read(), schema, notes, problems);
                schema.Root.Validate(root, "", complete: false, problems);
                layers.Add(new SettingsLayer(kind, name, root));
            }
            catch (SettingsException refusal)
            {
                problems.AddRange(refusal.Problems);
            }
        }

        if (BuiltInProfiles.Names.Contains(profile))
        {
            Add(LayerKind.Profile, profile, () => BuiltInProfiles.Read(profile));
        }

        if (profilePath is not null)
        {
            Add(LayerKind.ProfileFile, profilePath, () => FileSearch.Read(search, profilePath, LayerKind.ProfileFile));
        }

        if (configPath is not null)
        {
            Add(LayerKind.File, configPath, () => FileSearch.Read(search, configPath, LayerKind.File));
        }

        Add(LayerKind.Environment, "environment", () => EnvironmentLayer.Read(search.Environment, schema, Reserved, notes, problems));
        Add(LayerKind.CommandLine, "command line", () => CommandLineLayer.Read(search.CommandLine, schema, problems));
        if (problems.Count > 0)
        {
            throw SettingsException.Ordered(problems);
        }

        SettingsNode.Map merged = layers.Aggregate(
            new SettingsNode.Map(new Origin(LayerKind.Default, "configuration", 0, 0), []), (below, above) => NodeTree.Merge(below, above.Root));
        merged = (SettingsNode.Map)Placeholders.Replace(merged, "", name => search.Environment.GetValueOrDefault(name), problems);
        schema.Root.Validate(merged, "", complete: true, problems);
        return problems.Count > 0
            ? throw SettingsException.Ordered(problems)
            : new LoadedSettings(profile, [.. layers.AsEnumerable().Reverse()], merged, schema, notes);
    }
}

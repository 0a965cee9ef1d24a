using Tars.Configuration.Documents;
using Tars.Configuration.Profiles;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>All layers that can be read without a secret backend, each valid by itself, and merged; placeholders are still in place.</summary>
/// <param name="Profile">The profile in force.</param>
/// <param name="Layers">The layers, weakest first.</param>
/// <param name="Merged">The layers merged.</param>
/// <param name="Notes">Remarks that are no errors.</param>
/// <param name="Problems">Receives what is found wrong later; empty so far.</param>
internal sealed record LayerReading(
    string Profile, IReadOnlyList<SettingsLayer> Layers, SettingsNode.Map Merged, List<string> Notes, List<SettingsProblem> Problems)
{
    // A key for 'tars api' is no setting of the section api.
    private static readonly HashSet<string> Reserved = new([BuiltInProfiles.Variable, BuiltInProfiles.OlderVariable, FileSearch.Variable, "TARS_API_KEY"], StringComparer.Ordinal);

    /// <summary>Finds the files and reads every layer.</summary>
    /// <exception cref="SettingsException">Something is wrong; every problem of every layer is in it.</exception>
    public static LayerReading Read(SettingsSearch search, SettingsSchema schema)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(schema);
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
        return new LayerReading(profile, layers, merged, notes, problems);
    }
}

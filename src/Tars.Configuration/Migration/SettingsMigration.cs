using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Migration;

/// <summary>One migration: value by value, in the order of the old file.</summary>
internal sealed class SettingsMigration(SettingsSchema schema)
{
    // Secrets that were compiled in or printed in documents: everybody knows them.
    private static readonly string[] KnownSecrets = ["change-in-production", "change_in_prod", "changeme", "change-me", "your-secret", "dev-key", "hvs.xxx"];

    private readonly List<MigrationChange> _changes = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, PredecessorValue> _set = new(StringComparer.Ordinal);
    private SettingsNode.Map _root = new(new Origin(LayerKind.File, "", 0, 0), []);
    private string? _profile;
    private bool _holdsSecret;

    public MigratedSettings Run(SettingsNode.Map old, string source)
    {
        foreach (PredecessorValue value in PredecessorValues.Of(old, schema))
        {
            Carry(value);
        }

        SettingsNode.Map ordered = _root with { Entries = [.. _root.Entries.OrderBy(entry => schema.Root.Keys.Select(key => key.Name).ToList().IndexOf(entry.Key))] };
        return new MigratedSettings(source, ordered, schema, _changes, _notes, _profile, _holdsSecret);
    }

    private void Carry(PredecessorValue value)
    {
        MigrationRule? rule = MigrationRules.All.GetValueOrDefault(value.Path);
        if (rule is { To: null })
        {
            _profile ??= value.Path is "environment" or "profile" or "app.environment" or "app.profile" ? (value.Node as SettingsNode.Scalar)?.Text : null;
            Leave(value, MigrationKind.NoCounterpart, rule.Why);
            return;
        }

        string path = rule?.To ?? schema.KeyAt(value.Path)?.AliasOf ?? value.Path;
        if (schema.TypeAt(path) is not SettingsType type || type is SectionType)
        {
            string? nearest = Nearest.Of(value.Path, schema.Keys.Where(pair => pair.Key.AliasOf is null).Select(pair => pair.Path));
            Leave(value, MigrationKind.NoCounterpart, "has no counterpart" + (nearest is null ? "" : $"; the nearest key here is {nearest}"));
            return;
        }

        if (PythonValues.IsNone(value.Node))
        {
            Leave(value, MigrationKind.NoCounterpart, $"is null: {path} has its default");
            return;
        }

        if (rule?.Apply(value.Node) is null && rule is not null)
        {
            Leave(value, MigrationKind.Refused, rule.Why);
            return;
        }

        SettingsNode node = PythonValues.As(rule?.Apply(value.Node) ?? value.Node, type);
        List<SettingsProblem> problems = [];
        type.Validate(node, path, complete: true, problems);
        if (problems.Count > 0)
        {
            string why = rule?.Why is { Length: > 0 } reason ? $"; {reason}" : "";
            Leave(value, MigrationKind.Refused, $"{(path == value.Shown ? "" : path + ": ")}{string.Join("; ", problems.Select(problem => problem.Message))}{why}");
        }
        else if (type is SecretType && IsKnownSecret(node))
        {
            Leave(value, MigrationKind.Refused, $"is a secret that everybody knows from the predecessor; give {path} one of your own");
        }
        else if (_set.TryGetValue(path, out PredecessorValue? first))
        {
            Leave(value, MigrationKind.Superseded, $"{path} is set by line {first.KeyOrigin.Line} ({first.Shown}) already");
        }
        else
        {
            Set(path, value, node, type);
        }
    }

    private void Set(string path, PredecessorValue value, SettingsNode node, SettingsType type)
    {
        _set.Add(path, value);
        _root = NodeTree.With(_root, path.Split('.'), value.KeyOrigin, node);
        string was = NodeText.Of(value.Node, type is SecretType ? type : null);
        string now = NodeText.Of(node, type);
        if (Bare(value.Node) != Bare(node))
        {
            string moved = path == value.Shown ? "" : $"is now {path}, ";
            _changes.Add(new MigrationChange(value.KeyOrigin, value.Shown, path, MigrationKind.Converted, $"{moved}{was} is written {now}"));
        }
        else if (path != value.Shown)
        {
            _changes.Add(new MigrationChange(value.KeyOrigin, value.Shown, path, MigrationKind.Renamed, $"is now {path}"));
        }

        if (HoldsSecret(node, type))
        {
            _holdsSecret = true;
            _notes.Add($"{value.KeyOrigin}: {path} holds a secret in the clear; put it into a secret backend or a variable and write ${{NAME}}");
        }
    }

    private void Leave(PredecessorValue value, MigrationKind kind, string why) =>
        _changes.Add(new MigrationChange(value.KeyOrigin, value.Shown, null, kind, why));

    private static bool IsKnownSecret(SettingsNode node) => node is SettingsNode.Scalar scalar
        && !Placeholders.IsIn(scalar.Text)
        && KnownSecrets.Any(known => scalar.Text.Contains(known, StringComparison.OrdinalIgnoreCase));

    private static bool HoldsSecret(SettingsNode node, SettingsType? type) => (node, type) switch
    {
        (SettingsNode.Scalar scalar, SecretType) => !Placeholders.IsIn(scalar.Text),
        (SettingsNode.Map map, _) => map.Entries.Any(entry => HoldsSecret(entry.Value, Interrogation.ShownNodes.Below(type, entry.Key))),
        (SettingsNode.List list, ListType items) => list.Items.Any(item => HoldsSecret(item, items.Item)),
        _ => false,
    };

    // Values without their places and quotes.
    private static string Bare(SettingsNode node) => node switch
    {
        SettingsNode.Scalar scalar => scalar.Text,
        SettingsNode.List list => "[" + string.Join(',', list.Items.Select(Bare)) + "]",
        SettingsNode.Map map => "{" + string.Join(',', map.Entries.Select(entry => entry.Key + ":" + Bare(entry.Value))) + "}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

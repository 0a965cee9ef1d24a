using System.Text;
using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Layers;

/// <summary>Asks a secret backend for what a configuration needs, and for nothing else.</summary>
internal static class SecretAsking
{
    /// <summary>Asks for <paramref name="names"/>, and for the names that the environment's values of absent ones hold.</summary>
    public static async Task<BackendAnswers> AskAsync(
        ISecretBackend backend, IReadOnlyList<string> names, PlaceholderValues environment, CancellationToken cancellationToken)
    {
        Dictionary<string, PlaceholderValue> found = new(StringComparer.Ordinal);
        Dictionary<string, string> failures = new(StringComparer.Ordinal);
        HashSet<string> seen = new(names, StringComparer.Ordinal);
        List<string> open = [.. seen];
        while (open.Count > 0)
        {
            SecretAnswer[] answers = await Task.WhenAll(open.Select(name => backend.FindAsync(name, cancellationToken))).ConfigureAwait(false);
            List<string> further = [];
            foreach ((string name, SecretAnswer answer) in open.Zip(answers))
            {
                switch (answer)
                {
                    case SecretAnswer.Found secret:
                        Take(name, secret, found, failures);
                        break;
                    case SecretAnswer.Absent:
                        further.AddRange(environment.FromEnvironment(name) is { IsFinal: false } value ? Placeholders.NamesIn(value.Text).Where(seen.Add) : []);
                        break;
                    case SecretAnswer.Refused refused:
                        failures[name] = $"{refused.Place}: {refused.Reason}";
                        break;
                    case SecretAnswer.Unreachable unreachable:
                        failures[name] = $"{unreachable.Place}: {unreachable.Reason}";
                        break;
                }
            }

            open = further;
        }

        return new BackendAnswers(backend.Name, found, failures);
    }

    /// <summary>Returns the entries whose key has a use and no value yet.</summary>
    public static IEnumerable<SecretEntry> Needed(SettingsNode.Map merged, SettingsSchema schema, SecretUses uses)
    {
        SettingsSection root = new(schema.Root, "", merged);
        return schema.SecretEntries.Where(entry => (entry.Use & uses) != 0 && NodeTree.Find(merged, entry.Path) is null && entry.IsNeeded(root));
    }

    /// <summary>Returns the layers without the values that have no use and name a secret, so that nobody is asked for it.</summary>
    public static LayerReading WithoutUnused(LayerReading read, SettingsSchema schema, SecretUses uses) => read with
    {
        Merged = schema.SecretEntries
            .Where(entry => (entry.Use & uses) == 0 && NodeTree.Find(read.Merged, entry.Path) is SettingsNode.Scalar value && Placeholders.IsIn(value.Text))
            .Aggregate(read.Merged, (merged, entry) => NodeTree.Without(merged, entry.Path.Split('.'))),
    };

    /// <summary>Returns the layer of the entries <paramref name="needed"/>, each at its key.</summary>
    public static async Task<SettingsLayer?> EntriesAsync(
        ISecretBackend? backend, SecretEntry[] needed, PlaceholderValues environment, List<SettingsProblem> problems, CancellationToken cancellationToken)
    {
        Dictionary<string, PlaceholderValue> found = new(StringComparer.Ordinal);
        if (backend is null)
        {
            foreach (SecretEntry entry in needed)
            {
                if (environment.FromEnvironment(entry.Name) is { IsFinal: true } value)
                {
                    found[entry.Name] = value;
                }
            }
        }
        else if (needed.Length > 0)
        {
            SecretAnswer[] answers = await Task.WhenAll(needed.Select(entry => backend.FindAsync(entry.Name, cancellationToken))).ConfigureAwait(false);
            Dictionary<string, string> failures = new(StringComparer.Ordinal);
            foreach ((SecretEntry entry, SecretAnswer answer) in needed.Zip(answers))
            {
                (string Place, string Reason)? failure = answer switch
                {
                    SecretAnswer.Refused refused => (refused.Place, refused.Reason),
                    SecretAnswer.Unreachable unreachable => (unreachable.Place, unreachable.Reason),
                    _ => null,
                };
                if (answer is SecretAnswer.Found secret)
                {
                    Take(entry.Name, secret, found, failures);
                    failure = failures.TryGetValue(entry.Name, out string? reason) ? (secret.Place, reason) : null;
                }

                if (failure is not null)
                {
                    problems.Add(new SettingsProblem(new Origin(LayerKind.Secrets, failure.Value.Place, 0, 0), entry.Path, failure.Value.Reason) { Hint = entry.Instead });
                }
            }
        }

        SettingsNode.Map root = new(new Origin(LayerKind.Secrets, "secrets", 0, 0), []);
        foreach (SecretEntry entry in needed.Where(entry => found.ContainsKey(entry.Name)))
        {
            PlaceholderValue value = found[entry.Name];
            Origin origin = new(LayerKind.Secrets, value.Source.Place, 0, 0);
            root = NodeTree.With(
                root, entry.Path.Split('.'), origin, new SettingsNode.Scalar(origin, value.Text, IsQuoted: true) { Written = Secret.Shown, Sources = [value.Source] });
        }

        return found.Count == 0 ? null : new SettingsLayer(LayerKind.Secrets, backend?.Name ?? "environment", root);
    }

    /// <summary>Returns the values of a layer of entries.</summary>
    public static IEnumerable<string> TextsIn(SettingsNode node) => node switch
    {
        SettingsNode.Scalar scalar => [scalar.Text],
        SettingsNode.Map map => map.Entries.SelectMany(entry => TextsIn(entry.Value)),
        _ => [],
    };

    private static void Take(string name, SecretAnswer.Found secret, Dictionary<string, PlaceholderValue> found, Dictionary<string, string> failures)
    {
        using Secret value = secret.Value;
        try
        {
            found[name] = new PlaceholderValue(value.Reveal(), new PlaceholderSource(name, secret.Place, IsSecret: true), IsFinal: true);
        }
        catch (DecoderFallbackException)
        {
            failures[name] = $"{secret.Place} is not UTF-8 text; a value of a configuration is text";
        }
    }
}

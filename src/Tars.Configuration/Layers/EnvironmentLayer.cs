using System.Text.RegularExpressions;
using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Layers;

/// <summary>The environment as a layer: <c>TARS_SECTION_KEY</c>, matched against the schema, so that keys with underscores are found.</summary>
internal static partial class EnvironmentLayer
{
    /// <summary>Returns what <paramref name="environment"/> sets; an empty variable sets nothing.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="reserved">Variables with the prefix that mean something else, such as the profile's.</param>
    /// <param name="notes">Receives what was passed over.</param>
    /// <param name="problems">Receives unknown variables of known sections.</param>
    public static SettingsNode.Map Read(
        IReadOnlyDictionary<string, string> environment,
        SettingsSchema schema,
        IReadOnlySet<string> reserved,
        ICollection<string> notes,
        ICollection<SettingsProblem> problems)
    {
        SettingsNode.Map root = new(new Origin(LayerKind.Environment, "environment", 0, 0), []);
        foreach (string variable in environment.Keys.Where(name => name.StartsWith(schema.VariablePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string text = environment[variable];
            if (variable.StartsWith(EnvironmentSecrets.Prefix, StringComparison.Ordinal) || reserved.Contains(variable) || text.Length == 0)
            {
                continue;
            }

            if (ServiceLink().IsMatch(variable) || (variable.EndsWith("_PORT", StringComparison.Ordinal) && ServiceAddress().IsMatch(text)))
            {
                // Kubernetes sets TARS_API_PORT=tcp://10.0.0.1:8100 in every pod beside a service named tars-api.
                notes.Add($"{variable} is set by Kubernetes for a service and sets no key");
                continue;
            }

            Origin origin = new(LayerKind.Environment, variable, 0, 0);
            if (schema.FindVariable(variable) is (string path, SettingsKey key))
            {
                if (ValueText.Parse(key.Type, text, path, origin, problems) is SettingsNode value)
                {
                    root = NodeTree.With(root, path.Split('.'), origin, value);
                }

                continue;
            }

            ReportUnknown(variable, schema, origin, notes, problems);
        }

        return root;
    }

    private static void ReportUnknown(
        string variable, SettingsSchema schema, Origin origin, ICollection<string> notes, ICollection<SettingsProblem> problems)
    {
        string? nearest = Nearest.Of(variable, schema.Variables);
        string hint = nearest is null ? "" : $"; did you mean {nearest}?";
        SettingsKey? section = schema.Root.Keys.FirstOrDefault(
            key => variable.StartsWith(schema.VariableOf(key.Name) + "_", StringComparison.Ordinal));
        if (section is not null)
        {
            problems.Add(new SettingsProblem(origin, "", $"sets no key of {section.Name}{hint}"));
        }
        else if (nearest is not null)
        {
            notes.Add($"{variable} sets no key{hint}");
        }
    }

    [GeneratedRegex("_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceLink();

    [GeneratedRegex("^(tcp|udp|sctp)://", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceAddress();
}

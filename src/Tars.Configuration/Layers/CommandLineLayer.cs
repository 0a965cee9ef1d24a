using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>One value given on the command line.</summary>
/// <param name="Option">The option as typed, such as <c>--set</c> or <c>--prometheus-url</c>.</param>
/// <param name="Path">The key it sets.</param>
/// <param name="Text">The value.</param>
public sealed record CommandLineSetting(string Option, string Path, string Text)
{
    /// <summary>Reads the argument of <c>--set key=value</c>.</summary>
    /// <param name="argument">Such as <c>api.port=8200</c>.</param>
    /// <param name="option">The option it stood after.</param>
    /// <exception cref="SettingsException">There is no <c>=</c>, or nothing before it.</exception>
    public static CommandLineSetting Parse(string argument, string option = "--set")
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new CommandLineSetting(option, argument[..equals].Trim(), argument[(equals + 1)..])
            : throw SettingsException.Of(
                new Origin(LayerKind.CommandLine, option, 0, 0), "", "is not followed by key=value; write for example --set observability.step=1m");
    }
}

/// <summary>The command line as a layer; a key given twice takes the last value.</summary>
internal static class CommandLineLayer
{
    public static SettingsNode.Map Read(IReadOnlyList<CommandLineSetting> settings, SettingsSchema schema, ICollection<SettingsProblem> problems)
    {
        SettingsNode.Map root = new(new Origin(LayerKind.CommandLine, "command line", 0, 0), []);
        foreach (CommandLineSetting setting in settings)
        {
            Origin origin = new(LayerKind.CommandLine, setting.Option, 0, 0);
            string shown = SettingsPath.Shown(setting.Path);
            IReadOnlyList<object>? steps = SettingsPath.Split(setting.Path);
            if (steps is null)
            {
                problems.Add(new SettingsProblem(origin, shown, "is not a key; write for example observability.step"));
            }
            else if (steps.Any(step => step is int))
            {
                problems.Add(new SettingsProblem(origin, shown, "names an item of a list; a list is replaced as a whole, as in --set key=[…]"));
            }
            else if (schema.TypeAt(setting.Path) is not SettingsType type)
            {
                string? nearest = Nearest.Of(setting.Path, schema.Keys.Select(key => key.Path));
                problems.Add(new SettingsProblem(origin, shown, "is not a known key" + (nearest is null ? "" : $"; did you mean {nearest}?")));
            }
            else if (ValueText.Parse(type, setting.Text, setting.Path, origin, problems) is SettingsNode value)
            {
                root = NodeTree.With(root, [.. steps.Cast<string>()], origin, value);
            }
        }

        return root;
    }
}

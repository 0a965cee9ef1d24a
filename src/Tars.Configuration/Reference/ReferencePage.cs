using System.Globalization;
using System.Text;
using Tars.Configuration.Interrogation;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Reference;

/// <summary>The page that lists every key, as Markdown; docs/reference/configuration.md is this text.</summary>
public static class ReferencePage
{
    /// <summary>Returns the page; it ends with a line feed.</summary>
    public static string Of(SettingsSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Configuration reference

            Written by `tars config docs` from the schema; `tars config explain KEY` says the same of one key, with the value in force. How values are
            found is told in the [guide](../guides/configuration.md).

            A key with a fixed path is also an environment variable: `api.port` is `{schema.VariableOf("api.port")}`. `[]` stands for each item of a list, `*` for
            a name of your own. Types say the range in brackets. **Must** marks what its item is invalid without.

            """);
        foreach (SettingsKey section in schema.Root.Keys)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {section.Name}\n\n{section.Description}\n\n| key | type | default | meaning |\n|---|---|---|---|\n");
            foreach (DeclaredKey key in DeclaredKey.Below(new SectionType("a configuration", section), ""))
            {
                page.Append(CultureInfo.InvariantCulture, $"| `{key.Path}` | {TypeOf(key)} | {DefaultOf(key)} | {MeaningOf(key)} |\n");
            }
        }

        return page.ToString();
    }

    private static string TypeOf(DeclaredKey key) => Cell(key.Type.Expectation + (key.Unit is null ? "" : $", in {key.Unit}"));

    private static string DefaultOf(DeclaredKey key) => key.Default is null ? "" : $"`{Cell(key.Default)}`";

    private static string MeaningOf(DeclaredKey key) => key.AliasOf is string today
        ? $"Older name of `{today}`."
        : (key.IsRequired ? "**Must.** " : "") + Cell(key.Description);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}

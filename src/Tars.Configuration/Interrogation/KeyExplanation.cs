using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Interrogation;

/// <summary>All there is to say about a key: what it means, what it may be, what it is and who said so.</summary>
/// <param name="Path">The key; today's name where an older one was asked for.</param>
/// <param name="OlderName">The older name that was asked for; null when today's was.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Type">What values it takes, such as <c>a duration in [1s, 1d]</c>.</param>
/// <param name="Default">The default as written in YAML; null for none.</param>
/// <param name="Unit">The unit of a plain number; null where the value carries its own.</param>
/// <param name="Variable">The environment variable that sets it; null for sections and for what is inside lists and maps.</param>
/// <param name="Winner">The value in force; null when there is none, and for sections.</param>
/// <param name="Losers">What other layers said, strongest first, the default last.</param>
/// <param name="Values">For a section, a list or a map: the values in force below it.</param>
/// <param name="Keys">For a section, or what holds sections: the keys that may stand below it.</param>
public sealed record KeyExplanation(
    string Path,
    string? OlderName,
    string Description,
    string Type,
    string? Default,
    string? Unit,
    string? Variable,
    Candidate? Winner,
    IReadOnlyList<Candidate> Losers,
    IReadOnlyList<EffectiveValue> Values,
    IReadOnlyList<DeclaredKey> Keys)
{
    /// <summary>The entry of a secret backend that reaches this key by its name, or null.</summary>
    public string? SecretEntry { get; init; }

    /// <summary>Whether the key stands for any item of a list or any name in a map, and so has no value of its own.</summary>
    public bool IsOfAnyItem => AsksForAny(Path);

    /// <summary>Returns what there is to say about <paramref name="path"/>, or null when there is no such key.</summary>
    /// <param name="loaded">The settings.</param>
    /// <param name="path">Such as <c>api.port</c>, <c>services[0].name</c>, <c>services[].name</c> or <c>observability</c>.</param>
    public static KeyExplanation? Of(LoadedSettings loaded, string path)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(path);
        bool asksForAny = AsksForAny(path);
        string place = path.Replace("[]", "[0]", StringComparison.Ordinal);
        if (loaded.Schema.TypeAt(place) is not SettingsType type)
        {
            return null;
        }

        SettingsKey? own = loaded.Schema.KeyAt(place);
        if (own?.AliasOf is string today)
        {
            return Of(loaded, today)! with { OlderName = path };
        }

        SettingsKey described = own ?? Holder(loaded.Schema, place);
        Explanation? why = asksForAny ? null : loaded.Explain(path);
        bool isFixed = loaded.Schema.Keys.Any(key => key.Path == path);
        string under = path + ".";
        string item = path + "[";
        return new KeyExplanation(
            path,
            null,
            described.Description,
            type.Expectation,
            own?.Default,
            own?.Unit,
            isFixed ? loaded.Schema.VariableOf(path) : null,
            why?.Winner,
            why?.Losers ?? [],
            type is ScalarType || asksForAny
                ? []
                : [.. EffectiveSettings.Of(loaded).Values.Where(value => value.Path.StartsWith(under, StringComparison.Ordinal) || value.Path.StartsWith(item, StringComparison.Ordinal))],
            [.. DeclaredKey.Below(type, path)])
        {
            SecretEntry = why?.SecretEntry,
        };
    }

    /// <summary>Returns the key somebody meant by <paramref name="path"/>; null when none is near.</summary>
    public static string? NearestTo(SettingsSchema schema, string path)
    {
        ArgumentNullException.ThrowIfNull(schema);
        string[] known = [.. DeclaredKey.Below(schema.Root, "").Where(key => key.AliasOf is null).Select(key => key.Path)];
        string[] sections = [.. schema.Root.Keys.Select(key => key.Name)];
        return Nearest.Of(path, known.Concat(sections)) ?? known.FirstOrDefault(key => key.EndsWith("." + path, StringComparison.Ordinal));
    }

    private static bool AsksForAny(string path) => path.Contains("[]", StringComparison.Ordinal) || path.Contains(".*", StringComparison.Ordinal);

    // An item is described by the list or map that holds it.
    private static SettingsKey Holder(SettingsSchema schema, string path)
    {
        for (int end = path.Length; ;)
        {
            end = path.AsSpan(0, end).LastIndexOfAny('.', '[');
            if (schema.KeyAt(path[..end]) is SettingsKey key)
            {
                return key;
            }
        }
    }
}

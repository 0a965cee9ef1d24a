using System.Text.Json.Nodes;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Schemas;

/// <summary>What values a key takes; one declaration drives validation, variables and the JSON Schema.</summary>
public abstract record SettingsType
{
    /// <summary>What is expected, as the end of "is not …": <c>a duration in [1s, 1d]</c>.</summary>
    public abstract string Expectation { get; }

    /// <summary>Returns the JSON Schema (draft-07) of such a value.</summary>
    public abstract JsonObject ToJsonSchema();

    /// <summary>Adds to <paramref name="problems"/> what is wrong with <paramref name="node"/>.</summary>
    /// <param name="node">The value.</param>
    /// <param name="path">Its key.</param>
    /// <param name="complete">Whether keys that must be there are asked for: true for merged settings, false for one layer of them.</param>
    /// <param name="problems">Receives the problems.</param>
    internal abstract void Validate(SettingsNode node, string path, bool complete, ICollection<SettingsProblem> problems);

    /// <summary>Returns <paramref name="node"/>, a valid value, as JSON.</summary>
    internal abstract JsonNode? ToJson(SettingsNode node);
}

/// <summary>A type of single values.</summary>
public abstract record ScalarType : SettingsType
{
    /// <summary>Returns why <paramref name="value"/> is refused, such as <c>8 is not …; write …</c>; null when it is taken.</summary>
    public abstract string? Refuse(SettingsNode.Scalar value);

    /// <inheritdoc/>
    internal override void Validate(SettingsNode node, string path, bool complete, ICollection<SettingsProblem> problems)
    {
        string? refusal = node switch
        {
            SettingsNode.Scalar { IsNull: true } => $"is empty; write {Expectation}, or leave the key out",
            SettingsNode.Scalar scalar when scalar.Written is null && Layers.Placeholders.IsIn(scalar.Text) => null,
            SettingsNode.Scalar scalar => Refuse(scalar),
            _ => $"is {node.Shape}, not {Expectation}",
        };
        if (refusal is not null)
        {
            problems.Add(new SettingsProblem(node.Origin, SettingsPath.Shown(path), refusal));
        }
    }

    /// <inheritdoc/>
    internal override JsonNode? ToJson(SettingsNode node) => JsonOf(((SettingsNode.Scalar)node).Text);

    /// <summary>Returns the JSON value of a valid text: a string unless the type is a number or a truth value.</summary>
    internal virtual JsonNode? JsonOf(string text) => JsonValue.Create(text);

    /// <summary>Returns a schema that also takes a <c>${NAME}</c> placeholder.</summary>
    internal static JsonObject OrPlaceholder(JsonObject schema) =>
        new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["$ref"] = "#/definitions/placeholder" }) };
}

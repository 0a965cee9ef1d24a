using System.Text.Json;
using Xunit;

namespace Tars.Repository.Tests.Rules;

public sealed class SchemaTests
{
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    [Fact]
    public void Schemas_Each_AreWellFormedJsonSchema()
    {
        List<string> broken = [];
        foreach (string path in RepositoryFiles.With(".json", "schemas/"))
        {
            using JsonDocument schema = JsonDocument.Parse(RepositoryFiles.Text(path));
            foreach (string keyword in new[] { "$schema", "$id", "title" })
            {
                if (!schema.RootElement.TryGetProperty(keyword, out _))
                {
                    broken.Add($"{path}: no {keyword}");
                }
            }

            Check(schema.RootElement, schema.RootElement, path, broken);
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Theory]
    [InlineData("""{ "type": "text" }""", "type \"text\" does not exist")]
    [InlineData("""{ "required": ["a"], "properties": { "b": {} } }""", "requires \"a\", which it does not describe")]
    [InlineData("""{ "items": { "$ref": "#/$defs/none" } }""", "$ref \"#/$defs/none\" leads nowhere")]
    public void Check_BrokenSchema_SaysWhat(string text, string expected)
    {
        using JsonDocument schema = JsonDocument.Parse(text);
        List<string> broken = [];
        Check(schema.RootElement, schema.RootElement, "x", broken);
        Assert.EndsWith(expected, Assert.Single(broken), StringComparison.Ordinal);
    }

    private static void Check(JsonElement node, JsonElement root, string place, List<string> broken)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in node.EnumerateArray())
            {
                Check(item, root, $"{place}/{index++}", broken);
            }
        }

        if (node.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        broken.AddRange(TypesOf(node).Except(Types).Select(type => $"{place}: type \"{type}\" does not exist"));
        broken.AddRange(Undescribed(node).Select(name => $"{place}: requires \"{name}\", which it does not describe"));
        if (node.TryGetProperty("$ref", out JsonElement reference) && reference.ValueKind == JsonValueKind.String && !Resolves(root, reference.GetString()!))
        {
            broken.Add($"{place}: $ref \"{reference.GetString()}\" leads nowhere");
        }

        foreach (JsonProperty child in node.EnumerateObject().Where(child => child.Name is not ("enum" or "const" or "default" or "examples")))
        {
            Check(child.Value, root, $"{place}/{child.Name}", broken);
        }
    }

    // Where `type` is a string or an array it is the keyword; a property named "type" is an object.
    private static IEnumerable<string> TypesOf(JsonElement node) =>
        !node.TryGetProperty("type", out JsonElement type) ? []
        : type.ValueKind == JsonValueKind.String ? [type.GetString()!]
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()!)
        : [];

    private static IEnumerable<string> Undescribed(JsonElement node) =>
        node.TryGetProperty("required", out JsonElement required) && required.ValueKind == JsonValueKind.Array
        && node.TryGetProperty("properties", out JsonElement properties)
            ? required.EnumerateArray().Select(name => name.GetString()!).Where(name => !properties.TryGetProperty(name, out _))
            : [];

    private static bool Resolves(JsonElement root, string reference)
    {
        if (!reference.StartsWith('#'))
        {
            return RepositoryFiles.All.Contains("schemas/" + reference.Split('#')[0]);
        }

        JsonElement at = root;
        foreach (string part in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
            {
                return false;
            }
        }

        return true;
    }
}

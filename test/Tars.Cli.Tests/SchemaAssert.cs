using System.Text.Json;
using System.Text.RegularExpressions;
using NJsonSchema;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests;

/// <summary>Validates files that the command wrote against the schemas in <c>schemas/</c>.</summary>
internal static partial class SchemaAssert
{
    /// <summary>Asserts that a JSON file matches the schema of its name.</summary>
    public static Task MatchesAsync(string path) =>
        MatchesAsync(path, Path.GetFileName(path) == "manifest.json" ? "capture-manifest" : DayNumber().Replace(Path.GetFileNameWithoutExtension(path), "day"));

    /// <summary>Asserts that a JSON file matches a schema.</summary>
    public static async Task MatchesAsync(string path, string name)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        JsonSchema schema = await JsonSchema.FromFileAsync(RepositoryRoot.PathOf($"schemas/{name}.schema.json"), cancellationToken);
        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(path, cancellationToken)).Select(error => $"{path}: {error}"));
    }

    /// <summary>Asserts that a text is one JSON value and nothing else.</summary>
    public static void IsJson(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }

    [GeneratedRegex(@"^day_\d+")]
    private static partial Regex DayNumber();
}

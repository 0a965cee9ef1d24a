using System.Text;
using NJsonSchema;
using Tars.TestKit;

namespace Tars.Reports.Tests;

/// <summary>What holds for every report: its files match their golden files and schemas, and are the same bytes each time.</summary>
internal static class ReportAssert
{
    /// <summary>Text of a file by name.</summary>
    public static string TextOf(Report report, string name) => TextOf(report.Files.Single(file => file.Name == name));

    public static string TextOf(ReportFile file) => Encoding.UTF8.GetString(file.Content.Span);

    /// <summary>
    /// Renders twice and compares bytes; checks every JSON file against its schema, the form of every text file, and every file against
    /// <c>test/golden/reports/&lt;folder&gt;</c>.
    /// </summary>
    public static async Task IsGoldenAsync(string folder, Func<IEnumerable<ReportFile>> render)
    {
        ReportFile[] files = [.. render()];
        foreach ((ReportFile file, ReportFile again) in files.Zip(render()))
        {
            Assert.True(file.Content.Span.SequenceEqual(again.Content.Span), $"{file.Name} differs when rendered again");
            string text = TextOf(file);
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
            Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
            if (file.MediaType == "application/json")
            {
                await MatchesSchemaAsync(file);
            }

            Golden.Match($"reports/{folder}/{file.Name}", file.Content.Span);
        }

        Assert.Equal(files.Length, files.Select(file => file.Name).Distinct().Count());
    }

    /// <summary>Validates a JSON file against its schema in <c>schemas/</c>.</summary>
    public static async Task MatchesSchemaAsync(ReportFile file)
    {
        string name = System.Text.RegularExpressions.Regex.Replace(Path.GetFileNameWithoutExtension(file.Name), @"^day_\d\d", "day");
        JsonSchema schema = await JsonSchema.FromFileAsync(RepositoryRoot.PathOf($"schemas/{name}.schema.json"), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(TextOf(file)).Select(error => $"{file.Name}: {error}"));
    }
}

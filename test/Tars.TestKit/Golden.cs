using System.Text;
using Xunit;

namespace Tars.TestKit;

/// <summary>
/// Golden files: expected outputs under <c>test/golden</c>, compared byte for byte. Nothing is normalised here; what differs
/// between runs does not belong into a golden file. <c>TARS_UPDATE_GOLDEN=1</c> writes the actual output instead (never in CI),
/// and the difference is then reviewed in version control.
/// </summary>
public static class Golden
{
    /// <summary>Name of the update switch.</summary>
    public const string UpdateVariable = "TARS_UPDATE_GOLDEN";

    /// <summary>Asserts that <paramref name="actual"/> is the golden file's text (UTF-8, no byte order mark).</summary>
    /// <param name="relativePath">Path under <c>test/golden</c>, with forward slashes.</param>
    /// <param name="actual">The output under test.</param>
    public static void Match(string relativePath, string actual) => Match(relativePath, Encoding.UTF8.GetBytes(actual));

    /// <summary>Asserts that <paramref name="actual"/> is the golden file's content.</summary>
    public static void Match(string relativePath, ReadOnlySpan<byte> actual) =>
        Match(RepositoryRoot.PathOf("test/golden"), relativePath, actual, updates: Environment.GetEnvironmentVariable(UpdateVariable) == "1");

    internal static void Match(string folder, string relativePath, ReadOnlySpan<byte> actual, bool updates)
    {
        string path = Path.Combine(folder, relativePath);
        if (updates)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"{UpdateVariable}=1 has no place in CI: a run that writes its own expectations checks nothing");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, actual);
            TestContext.Current.TestOutputHelper?.WriteLine($"golden file written: {relativePath}");
            return;
        }

        Assert.True(File.Exists(path), $"there is no golden file test/golden/{relativePath}; run the test once with {UpdateVariable}=1 and review what it wrote");
        byte[] expected = File.ReadAllBytes(path);
        if (!actual.SequenceEqual(expected))
        {
            Assert.Fail($"test/golden/{relativePath} differs (- expected, + actual; {UpdateVariable}=1 rewrites it):\n{Difference(expected, actual)}");
        }
    }

    /// <summary>The lines that differ, with up to three equal lines before and after; line endings are shown when only they differ.</summary>
    internal static string Difference(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        string[] before = Lines(expected);
        string[] after = Lines(actual);
        int shorter = Math.Min(before.Length, after.Length);
        int head = 0;
        while (head < shorter && before[head] == after[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < shorter - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        StringBuilder text = new();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"@@ line {head + 1} @@\n");
        Append(text, "  ", before[Math.Max(0, head - 3)..head]);
        Append(text, "- ", before[head..^tail]);
        Append(text, "+ ", after[head..^tail]);
        Append(text, "  ", before[^tail..Math.Min(before.Length, before.Length - tail + 3)]);
        return text.ToString();
    }

    // A line keeps a mark of its carriage return, and the text after the last line feed is a line of its own, so that every
    // difference in bytes that are text is a difference in lines.
    private static string[] Lines(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text).Replace("\r", "␍", StringComparison.Ordinal).Split('\n');

    private static void Append(StringBuilder text, string mark, string[] lines)
    {
        const int most = 40;
        foreach (string line in lines.Take(most))
        {
            text.Append(mark).Append(line).Append('\n');
        }

        if (lines.Length > most)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{mark}… {lines.Length - most} more lines\n");
        }
    }
}

using System.Globalization;

namespace Tars.Benchmarks;

/// <summary>The options of a benchmark: <c>--name value</c> pairs.</summary>
internal sealed record BenchmarkArguments(IReadOnlyDictionary<string, string> Options)
{
    /// <summary>How often the measured part runs.</summary>
    public int Runs => Number("runs", 5);

    /// <summary>Reads pairs.</summary>
    /// <exception cref="ArgumentException">An option lacks its dashes or its value.</exception>
    public static BenchmarkArguments Parse(ReadOnlySpan<string> args)
    {
        Dictionary<string, string> options = [];
        for (int i = 0; i < args.Length; i += 2)
        {
            options[args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Length
                ? args[i][2..]
                : throw new ArgumentException($"expected --option VALUE at \"{args[i]}\"")] = args[i + 1];
        }

        return new BenchmarkArguments(options);
    }

    /// <summary>A whole number, or what holds without it.</summary>
    public int Number(string name, int otherwise) => Options.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A text, or what holds without it.</summary>
    public string Text(string name, string otherwise) => Options.GetValueOrDefault(name, otherwise);
}

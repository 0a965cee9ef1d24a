using Tars.Configuration.Documents;

namespace Tars.Configuration;

/// <summary>One thing that is wrong in a configuration.</summary>
/// <param name="Origin">Where it is written.</param>
/// <param name="Path">The key, such as <c>objectives[0].target</c>; empty when the problem is of the whole source.</param>
/// <param name="Message">What is wrong and what to write instead; no secret's value.</param>
public sealed record SettingsProblem(Origin Origin, string Path, string Message)
{
    /// <summary>The way out in a few words, such as a command; null when <see cref="Message"/> says enough.</summary>
    public string? Hint { get; init; }

    /// <summary>Returns <c>tars.yaml:12:14: objectives[0].target: 99.9 is not a ratio in [0, 1]; write 0.999 or 99.9%</c>.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Origin}: {Message}" : $"{Origin}: {Path}: {Message}";
}

/// <summary>A configuration cannot be used; carries everything that is wrong with it.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problems">What is wrong, in the order a reader should see it.</param>
    /// <exception cref="ArgumentException"><paramref name="problems"/> is empty.</exception>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(problems.Count == 0
            ? throw new ArgumentException("a refusal needs at least one problem", nameof(problems))
            : string.Join('\n', problems)) => Problems = problems;

    /// <summary>Everything that is wrong; at least one.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }

    /// <summary>The ways out of all problems, each once; null when there is none.</summary>
    public string? Hint => string.Join("; ", Problems.Select(problem => problem.Hint).OfType<string>().Distinct(StringComparer.Ordinal)) is { Length: > 0 } hint ? hint : null;

    /// <summary>Returns an exception with the problems as a reader meets them, each once: the command line's, the environment's, then file by
    /// file from top to bottom.</summary>
    public static SettingsException Ordered(IEnumerable<SettingsProblem> problems) => new(
        [.. problems.Distinct().OrderByDescending(p => p.Origin.Layer).ThenBy(p => p.Origin.Source, StringComparer.Ordinal).ThenBy(p => p.Origin.Line).ThenBy(p => p.Origin.Column)]);

    /// <summary>Returns an exception with one problem.</summary>
    public static SettingsException Of(Origin origin, string path, string message) => new([new SettingsProblem(origin, path, message)]);
}

using Tars.Configuration.Secrets;

namespace Tars.Configuration.Layers;

/// <summary>Takes values that came from a secret backend out of texts.</summary>
internal sealed class Redaction
{
    /// <summary>The shortest value that is taken out; one or two characters hide nothing and would tear every text apart.</summary>
    private const int Shortest = 3;

    private readonly string[] _values;

    /// <summary>Creates a redaction of <paramref name="values"/>.</summary>
    public Redaction(IEnumerable<string> values) =>
        _values = [.. values.Where(text => text.Length >= Shortest).Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length)];

    /// <summary>Returns <paramref name="text"/> with <c>(secret)</c> in place of every value.</summary>
    public string Of(string text) => _values.Aggregate(text, (cut, value) => cut.Replace(value, Secret.Shown, StringComparison.Ordinal));

    /// <summary>Returns the problems with redacted messages.</summary>
    public IReadOnlyList<SettingsProblem> Of(IEnumerable<SettingsProblem> problems) =>
        [.. problems.Select(problem => problem with { Message = Of(problem.Message) })];
}

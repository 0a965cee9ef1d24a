using Tars.Configuration.Documents;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Layers;

/// <summary>The value of one name.</summary>
/// <param name="Text">The value.</param>
/// <param name="Source">Where it was found.</param>
/// <param name="IsFinal">Whether it is taken as it is; a plain variable's value is searched for placeholders again.</param>
internal sealed record PlaceholderValue(string Text, PlaceholderSource Source, bool IsFinal)
{
    public override string ToString() => Source.ToString();
}

/// <summary>What a backend said to every name it was asked for.</summary>
/// <param name="Backend">The backend's name; null when none was asked.</param>
/// <param name="Found">The values it has.</param>
/// <param name="Failures">Why it gave no answer, by name; an absent name is in neither.</param>
internal sealed record BackendAnswers(string? Backend, IReadOnlyDictionary<string, PlaceholderValue> Found, IReadOnlyDictionary<string, string> Failures)
{
    /// <summary>Whether what got no answer stays as it is written, for questions about a configuration that is not put to use.</summary>
    public bool KeepsUnanswered { get; init; }

    public static BackendAnswers None { get; } = new(null, new Dictionary<string, PlaceholderValue>(), new Dictionary<string, string>());
}

/// <summary>The values of names: a secret backend's first, then the environment's. A backend that failed is not replaced by the environment.</summary>
internal sealed class PlaceholderValues(IReadOnlyDictionary<string, string> environment, BackendAnswers answers, bool isLogin = false)
{
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    /// <summary>The secrets that were asked for and found so far: what no message may show.</summary>
    public IReadOnlyCollection<string> Given => _secrets;

    /// <summary>Returns those of <paramref name="names"/> that a backend gave no answer for and that stay as written, with the reason as their place.</summary>
    public IReadOnlyList<PlaceholderSource> Unanswered(IEnumerable<string> names) => !answers.KeepsUnanswered ? []
        : [.. names.Where(answers.Failures.ContainsKey).Select(name => new PlaceholderSource(name, $"no answer: {answers.Failures[name]}", IsSecret: true))];

    /// <summary>Returns the value of <paramref name="name"/>, or null when it has none.</summary>
    public PlaceholderValue? Find(string name)
    {
        PlaceholderValue? value = answers.Found.TryGetValue(name, out PlaceholderValue? found) ? found
            : answers.Failures.ContainsKey(name) ? null
            : FromEnvironment(name);
        if (value is { Source.IsSecret: true })
        {
            _secrets.Add(value.Text);
        }

        return value;
    }

    /// <summary>Returns the environment's value of <paramref name="name"/>: <c>TARS_SECRET_NAME</c>, taken as it is, else the variable itself.</summary>
    public PlaceholderValue? FromEnvironment(string name)
    {
        string own = EnvironmentSecrets.VariableOf(name);
        return environment.GetValueOrDefault(own) is { Length: > 0 } secret ? new PlaceholderValue(secret, new PlaceholderSource(name, own, IsSecret: true), IsFinal: true)
            : environment.TryGetValue(name, out string? text) ? new PlaceholderValue(text, new PlaceholderSource(name, name, IsSecret: false), IsFinal: false)
            : null;
    }

    /// <summary>Returns why <paramref name="name"/> has no value and what to do.</summary>
    public string Refusal(string name) =>
        answers.Failures.TryGetValue(name, out string? failure) ? $"${{{name}}} has no value: {failure}"
        : isLogin ? $"${{{name}}} has no value; set the environment variable {name} (what logs in to a secret backend cannot come from it)"
        : answers.Backend is null ? $"${{{name}}} has no value; set the environment variable {name}, or write $${{ for the characters themselves"
        : $"${{{name}}} has no value; {answers.Backend} does not have it: put it there, set the environment variable {name}, or write $${{ for the characters themselves";
}

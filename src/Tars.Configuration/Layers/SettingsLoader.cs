using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Layers;

/// <summary>
/// Loads settings: command line over environment over the user's file over the user's profile file over a secret backend's entries over the
/// built-in profile over defaults. Maps merge deeply; lists and single values replace.
/// </summary>
public static class SettingsLoader
{
    private const string SecretsSection = "secrets";

    /// <summary>Loads a configuration without asking a secret backend: <c>${NAME}</c> is an environment variable.</summary>
    /// <param name="search">Where to look and what was asked.</param>
    /// <param name="schema">The keys.</param>
    /// <exception cref="SettingsException">
    /// Something is wrong, or the configuration names a backend other than the environment and has a value that comes from it; every problem is in it.
    /// </exception>
    public static LoadedSettings Load(SettingsSearch search, SettingsSchema schema)
    {
        LayerReading read = SecretAsking.WithoutUnused(LayerReading.Read(search, schema), schema, search.Uses);
        SettingsSection? secrets = Secrets(ref read, search, schema);
        BackendAnswers answers = BackendAnswers.None;
        if (secrets is not null && !IsEnvironmentAlone(secrets))
        {
            const string Reason = "it is asked of the secret backend that the secrets section names, and nothing here may ask one";
            answers = answers with { Failures = Placeholders.NamesIn(WithoutSecrets(read.Merged)).ToDictionary(name => name, _ => Reason) };
        }

        PlaceholderValues values = new(search.Environment, answers);
        SettingsNode.Map merged = (SettingsNode.Map)Placeholders.Replace(read.Merged, "", values, read.Problems);
        return Complete(read, merged, null, values, schema, search.WorkingFolder);
    }

    /// <summary>
    /// Loads a configuration for questions about it: a backend that refuses, cannot be reached or is not described well enough leaves its
    /// values as they are written, with a note. Such settings are shown and compared, never used.
    /// </summary>
    /// <param name="search">Where to look and what was asked.</param>
    /// <param name="schema">The keys.</param>
    /// <param name="backendOf">As for <see cref="LoadAsync"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SettingsException">Something else is wrong; every problem that could be found is in it.</exception>
    public static Task<LoadedSettings> LoadForQuestionsAsync(
        SettingsSearch search, SettingsSchema schema, Func<SettingsSection, ISecretBackend?> backendOf, CancellationToken cancellationToken) =>
        AnswerAsync(search, schema, backendOf, forQuestions: true, cancellationToken);

    /// <summary>Loads a configuration; a secret backend is asked for what the configuration needs of it, and only then made.</summary>
    /// <param name="search">Where to look and what was asked.</param>
    /// <param name="schema">The keys.</param>
    /// <param name="backendOf">
    /// Returns the backend that the valid <c>secrets</c> section describes; null for the environment alone. The caller disposes it.
    /// It may throw <see cref="SettingsException"/>.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SettingsException">Something is wrong; every problem that could be found is in it.</exception>
    public static Task<LoadedSettings> LoadAsync(
        SettingsSearch search, SettingsSchema schema, Func<SettingsSection, ISecretBackend?> backendOf, CancellationToken cancellationToken) =>
        AnswerAsync(search, schema, backendOf, forQuestions: false, cancellationToken);

    private static async Task<LoadedSettings> AnswerAsync(
        SettingsSearch search, SettingsSchema schema, Func<SettingsSection, ISecretBackend?> backendOf, bool forQuestions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backendOf);
        LayerReading read = SecretAsking.WithoutUnused(LayerReading.Read(search, schema), schema, search.Uses);
        SettingsSection? secrets = Secrets(ref read, search, schema);
        bool isAsked = secrets is not null && !IsEnvironmentAlone(secrets);
        ISecretBackend? backend = null;
        PlaceholderValues environment = new(search.Environment, BackendAnswers.None);
        IReadOnlyList<string> names = Placeholders.NamesIn(WithoutSecrets(read.Merged));
        BackendAnswers answers = BackendAnswers.None;
        if (isAsked && names.Count > 0)
        {
            backend = Make(backendOf, secrets!, read, schema, forQuestions);
            answers = backend is null ? answers : await SecretAsking.AskAsync(backend, names, environment, cancellationToken).ConfigureAwait(false);
            answers = answers with { KeepsUnanswered = forQuestions };
        }

        PlaceholderValues values = new(search.Environment, answers);
        SettingsNode.Map merged = (SettingsNode.Map)Placeholders.Replace(read.Merged, "", values, read.Problems);
        SettingsLayer? entries = null;
        if (read.Problems.Count == 0 && SecretAsking.Needed(merged, schema, search.Uses).ToArray() is { Length: > 0 } needed)
        {
            backend ??= isAsked ? Make(backendOf, secrets!, read, schema, forQuestions, needed) : null;
            List<SettingsProblem> failures = forQuestions ? [] : read.Problems;
            entries = await SecretAsking.EntriesAsync(backend, needed, environment, failures, cancellationToken).ConfigureAwait(false);
            read.Notes.AddRange(forQuestions
                ? failures.GroupBy(failure => (failure.Origin, failure.Message)).Select(same => $"no answer for {string.Join(", ", same.Select(failure => failure.Path))}: {same.Key.Origin}: {same.Key.Message}")
                : []);
        }

        return Complete(read, merged, entries, values, schema, search.WorkingFolder);
    }

    // What logs in to a backend cannot come from it: placeholders of this section are environment variables.
    private static SettingsSection? Secrets(ref LayerReading read, SettingsSearch search, SettingsSchema schema)
    {
        if (schema.Root.Find(SecretsSection)?.Type is not SectionType type)
        {
            return null;
        }

        SettingsEntry? entry = read.Merged.Find(SecretsSection);
        SettingsNode.Map written = entry?.Value as SettingsNode.Map ?? new SettingsNode.Map(read.Merged.Origin, []);
        PlaceholderValues values = new(search.Environment, BackendAnswers.None, isLogin: true);
        SettingsNode.Map replaced = (SettingsNode.Map)Placeholders.Replace(written, SecretsSection, values, read.Problems);
        if (entry is not null)
        {
            read = read with { Merged = read.Merged with { Entries = read.Merged.Entries.Replace(entry, entry with { Value = replaced }) } };
        }

        type.Validate(replaced, SecretsSection, complete: true, read.Problems);
        return read.Problems.Count == 0 ? new SettingsSection(type, SecretsSection, replaced) : throw Refusal(read, schema);
    }

    private static ISecretBackend? Make(
        Func<SettingsSection, ISecretBackend?> backendOf, SettingsSection secrets, LayerReading read, SettingsSchema schema, bool forQuestions,
        params IReadOnlyList<SecretEntry> needed)
    {
        try
        {
            return backendOf(secrets);
        }
        catch (SettingsException refusal) when (forQuestions)
        {
            return new UndescribedBackend(string.Join("; ", refusal.Problems));
        }
        catch (SettingsException refusal)
        {
            read.Problems.AddRange(refusal.Problems);
            Origin origin = refusal.Problems[0].Origin;
            read.Problems.AddRange(needed.Where(entry => entry.Instead is not null).Select(entry => new SettingsProblem(origin, entry.Path, $"is asked of this backend, as {entry.Name}") { Hint = entry.Instead }));
            throw Refusal(read, schema);
        }
    }

    // Without a backend no placeholder can be replaced; what else is wrong is told all the same.
    private static SettingsException Refusal(LayerReading read, SettingsSchema schema)
    {
        schema.Root.Validate(read.Merged, "", complete: true, read.Problems);
        return SettingsException.Ordered(read.Problems);
    }

    private static bool IsEnvironmentAlone(SettingsSection secrets) =>
        secrets.IsDeclared("chain") && secrets.Texts("chain") is { Count: > 0 } chain
            ? chain.All(name => name == "env")
            : secrets.Text("backend") == "env";

    private static SettingsNode.Map WithoutSecrets(SettingsNode.Map merged) => NodeTree.Without(merged, [SecretsSection]);

    private static LoadedSettings Complete(
        LayerReading read, SettingsNode.Map merged, SettingsLayer? entries, PlaceholderValues values, SettingsSchema schema, string folder)
    {
        List<SettingsLayer> layers = [.. read.Layers];
        if (entries is not null)
        {
            merged = NodeTree.Merge(entries.Root, merged);
            layers.Insert(layers.TakeWhile(layer => layer.Kind < LayerKind.Secrets).Count(), entries);
        }

        schema.Root.Validate(merged, "", complete: true, read.Problems);
        Redaction redaction = new(values.Given.Concat(entries is null ? [] : SecretAsking.TextsIn(entries.Root)));
        return read.Problems.Count > 0
            ? throw SettingsException.Ordered(redaction.Of(read.Problems))
            : new LoadedSettings(read.Profile, folder, [.. layers.AsEnumerable().Reverse()], merged, schema, read.Notes, redaction);
    }
}

using Tars.Configuration.Documents;

namespace Tars.Configuration.Layers;

/// <summary>What one layer said about a key.</summary>
/// <param name="Origin">Where.</param>
/// <param name="Text">The value as written, on one line; <c>(secret)</c> for a secret.</param>
public sealed record Candidate(Origin Origin, string Text)
{
    /// <summary>Where the values of its placeholders were found, for the value in force; empty for others.</summary>
    public IReadOnlyList<PlaceholderSource> Sources { get; init; } = [];
}

/// <summary>Where the value of a key comes from.</summary>
/// <param name="Path">The key.</param>
/// <param name="Winner">The value in force and its origin; null when the key has no value and no default.</param>
/// <param name="Losers">The other layers' values, strongest first, the default last.</param>
/// <param name="Keys">For a section, the keys below it; empty for a value.</param>
public sealed record Explanation(string Path, Candidate? Winner, IReadOnlyList<Candidate> Losers, IReadOnlyList<string> Keys)
{
    /// <summary>The entry of a secret backend that reaches this key by its name, or null. It is asked for only when nothing above it sets the key.</summary>
    public string? SecretEntry { get; init; }
}

/// <summary>A key whose value differs between two configurations.</summary>
/// <param name="Path">The key.</param>
/// <param name="Before">The earlier value on one line, <c>(secret)</c> for a secret; null when there was none.</param>
/// <param name="After">The later value; null when there is none.</param>
/// <param name="NeedsRestart">Whether the change is taken up by a restart only.</param>
public sealed record SettingsChange(string Path, string? Before, string? After, bool NeedsRestart)
{
    /// <summary>Returns the change as a line of a log.</summary>
    public override string ToString() => $"{Path}: {Before ?? "(none)"} -> {After ?? "(none)"}{(NeedsRestart ? " (needs a restart)" : "")}";
}

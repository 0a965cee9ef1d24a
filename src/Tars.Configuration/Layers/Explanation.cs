using Tars.Configuration.Documents;

namespace Tars.Configuration.Layers;

/// <summary>What one layer said about a key.</summary>
/// <param name="Origin">Where.</param>
/// <param name="Text">The value as written, on one line; <c>(secret)</c> for a secret.</param>
public sealed record Candidate(Origin Origin, string Text);

/// <summary>Where the value of a key comes from.</summary>
/// <param name="Path">The key.</param>
/// <param name="Winner">The value in force and its origin; null when the key has no value and no default.</param>
/// <param name="Losers">The other layers' values, strongest first, the default last.</param>
/// <param name="Keys">For a section, the keys below it; empty for a value.</param>
public sealed record Explanation(string Path, Candidate? Winner, IReadOnlyList<Candidate> Losers, IReadOnlyList<string> Keys);

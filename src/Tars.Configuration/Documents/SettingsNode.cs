using System.Collections.Immutable;

namespace Tars.Configuration.Documents;

/// <summary>One value of a configuration document: a scalar, a list or a map, with the place it was written at.</summary>
/// <param name="Origin">Where the value starts.</param>
public abstract record SettingsNode(Origin Origin)
{
    /// <summary>What a reader calls this shape: <c>a value</c>, <c>a list</c> or <c>a map</c>.</summary>
    public abstract string Shape { get; }

    /// <summary>A single value, kept as the text that was written, so that <c>1.10</c> stays <c>1.10</c>.</summary>
    /// <param name="Origin">Where the value starts.</param>
    /// <param name="Text">The text, with placeholders replaced once the layers are merged.</param>
    /// <param name="IsQuoted">Whether the text was written in quotes or as a block, and so is text and nothing else.</param>
    public sealed record Scalar(Origin Origin, string Text, bool IsQuoted) : SettingsNode(Origin)
    {
        /// <summary>The text as written, before placeholders were replaced; null when they were not. Messages show this one.</summary>
        public string? Written { get; init; }

        /// <summary>Where the values of its placeholders were found, in the order written; empty for a value without.</summary>
        public ImmutableArray<PlaceholderSource> Sources { get; init; } = [];

        /// <inheritdoc/>
        public override string Shape => "a value";

        /// <summary>Whether nothing, <c>~</c> or <c>null</c> was written (without quotes).</summary>
        public bool IsNull => !IsQuoted && Text is "" or "~" or "null" or "Null" or "NULL";

        /// <summary>Returns the place alone: the text may be a secret.</summary>
        public override string ToString() => $"a value at {Origin}";

        /// <summary>Returns the text as messages may show it: as written, on one line, at most 60 characters.</summary>
        public string Shown()
        {
            string written = Written ?? Text;
            string cut = written.Length > 60 ? string.Concat(written.AsSpan(0, char.IsHighSurrogate(written[59]) ? 59 : 60), "…") : written;
            return IsQuoted || cut.Length == 0 || cut.AsSpan().ContainsAny('\n', '\r', '\t') || cut.Any(char.IsControl)
                ? '"' + string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c)) + '"'
                : cut;
        }
    }

    /// <summary>A list of values.</summary>
    /// <param name="Origin">Where the list starts.</param>
    /// <param name="Items">The items in order; possibly none.</param>
    public sealed record List(Origin Origin, ImmutableArray<SettingsNode> Items) : SettingsNode(Origin)
    {
        /// <inheritdoc/>
        public override string Shape => "a list";
    }

    /// <summary>A map of keys to values, keys unique and compared ordinally, in the order written.</summary>
    /// <param name="Origin">Where the map starts.</param>
    /// <param name="Entries">The entries in order; possibly none.</param>
    public sealed record Map(Origin Origin, ImmutableArray<SettingsEntry> Entries) : SettingsNode(Origin)
    {
        /// <inheritdoc/>
        public override string Shape => "a map";

        /// <summary>Returns the entry named <paramref name="key"/>, or null when there is none.</summary>
        public SettingsEntry? Find(string key)
        {
            foreach (SettingsEntry entry in Entries)
            {
                if (entry.Key == key)
                {
                    return entry;
                }
            }

            return null;
        }
    }
}

/// <summary>Where the value of one <c>${NAME}</c> was found.</summary>
/// <param name="Name">The name.</param>
/// <param name="Place">The place in a secret backend, or the environment variable.</param>
/// <param name="IsSecret">Whether it came from a secret backend, and so is never shown.</param>
public sealed record PlaceholderSource(string Name, string Place, bool IsSecret);

/// <summary>One key of a map and its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="KeyOrigin">Where the key is written.</param>
/// <param name="Value">Its value.</param>
public sealed record SettingsEntry(string Key, Origin KeyOrigin, SettingsNode Value);

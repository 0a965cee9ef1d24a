using System.Text;

namespace Tars.Storage;

/// <summary>Enumerations as the words the store keeps: <c>QueryFailed</c> is <c>query_failed</c>.</summary>
internal static class StoreWords
{
    /// <summary>The word of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Words<T>.ByValue[value];

    /// <inheritdoc cref="Of{T}(T)"/>
    public static string? Of<T>(T? value)
        where T : struct, Enum => value is { } known ? Words<T>.ByValue[known] : null;

    /// <summary>The value of a word.</summary>
    public static T Parse<T>(string word)
        where T : struct, Enum => Words<T>.ByWord[word];

    private static string Word(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(value => value, value => Word(value.ToString()));
        public static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}

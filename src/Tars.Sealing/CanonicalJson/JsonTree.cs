using System.Globalization;

namespace Tars.Sealing.CanonicalJson;

/// <summary>A JSON value with the place it was read from. Offset −1 means that it was not read but made.</summary>
internal abstract record JsonTree(long Offset)
{
    internal sealed record ObjectValue(IReadOnlyList<Member> Members, long Offset = -1) : JsonTree(Offset)
    {
        internal JsonTree? Find(string name) => Members.FirstOrDefault(member => member.Name == name)?.Value;

        internal ObjectValue Without(string name) => this with { Members = [.. Members.Where(member => member.Name != name)] };
    }

    internal sealed record ArrayValue(IReadOnlyList<JsonTree> Items, long Offset = -1) : JsonTree(Offset);

    internal sealed record StringValue(string Value, long Offset = -1) : JsonTree(Offset);

    /// <summary>A finite number, and its text as it was read.</summary>
    internal sealed record NumberValue(double Value, string Text, long Offset = -1) : JsonTree(Offset);

    internal sealed record BooleanValue(bool Value, long Offset = -1) : JsonTree(Offset);

    internal sealed record NullValue(long Offset = -1) : JsonTree(Offset);

    /// <summary>A member of an object; the offset is where its name begins.</summary>
    internal sealed record Member(string Name, JsonTree Value, long Offset = -1);

    internal static JsonTree Of(string? text) => text is null ? new NullValue() : new StringValue(text);

    internal static JsonTree Of(long number) => new NumberValue(number, number.ToString(CultureInfo.InvariantCulture));

    internal static JsonTree Of(bool value) => new BooleanValue(value);

    internal static ObjectValue Of(params ReadOnlySpan<(string Name, JsonTree Value)> members)
    {
        List<Member> list = [];
        foreach ((string name, JsonTree value) in members)
        {
            list.Add(new Member(name, value));
        }

        return new ObjectValue(list);
    }

    internal static ArrayValue Of(IEnumerable<JsonTree> items) => new([.. items]);
}

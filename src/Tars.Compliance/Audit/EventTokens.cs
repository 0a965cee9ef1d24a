using System.Runtime.CompilerServices;
using System.Text;

namespace Tars.Compliance.Audit;

/// <summary>The members of a line by which it can be found.</summary>
internal enum TokenKind
{
    EventType = 1,
    Actor = 2,
    Resource = 3,
    Outcome = 4,
    Standard = 5,
    Control = 6,
    RunId = 7,
}

/// <summary>The tokens of one line: 64 bits for each member by which it can be found. Two texts may share a token; a text has only one.</summary>
internal struct EventTokens
{
    /// <summary>The most tokens of a line.</summary>
    public const int Limit = 8;

    private Slots _slots;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The tokens.</summary>
    public readonly ulong this[int index] => _slots[index];

    /// <summary>Adds the token of a member.</summary>
    public void Add(TokenKind kind, ReadOnlySpan<byte> utf8) => _slots[Count++] = Of(kind, utf8);

    /// <summary>The token of a member: FNV-1a over kind and text, with its bits mixed (the finaliser of MurmurHash3).</summary>
    public static ulong Of(TokenKind kind, ReadOnlySpan<byte> utf8)
    {
        ulong hash = (14695981039346656037UL ^ (ulong)kind) * 1099511628211UL;
        foreach (byte one in utf8)
        {
            hash = (hash ^ one) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }

    /// <summary>The token of a member.</summary>
    public static ulong Of(TokenKind kind, string text) => Of(kind, Encoding.UTF8.GetBytes(text));

    [InlineArray(Limit)]
    private struct Slots
    {
        private ulong _first;
    }
}

using System.Security.Cryptography;

namespace Tars.TestKit.Canaries;

/// <summary>A secret that nobody else has: wherever it is found, it leaked from where it was planted.</summary>
/// <param name="Name">Where it is planted, such as <c>header X-Scope-OrgID</c>.</param>
/// <param name="Text">
/// The secret. A drawn one is 36 letters and digits, so that it may stand in a header, a variable, a file and an address; one that somebody else
/// made, such as a token, has at least as many characters as a piece, and no line break.
/// </param>
public sealed record Canary(string Name, string Text)
{
    /// <summary>The length of the pieces that are searched for: long enough to be nobody else's, short enough for a text that was cut.</summary>
    public const int PieceLength = 12;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The whole pieces of the secret, three of a drawn one: a message that shows only a part of it holds one of them.</summary>
    public IReadOnlyList<string> Pieces => [.. Text.Chunk(PieceLength).Where(piece => piece.Length == PieceLength).Select(piece => new string(piece))];

    /// <summary>Returns a new canary.</summary>
    public static Canary Draw(string name) => new(name, RandomNumberGenerator.GetString(Alphabet, 3 * PieceLength));

    /// <summary>Returns the name: a failing test shows where a canary was planted, not the canary.</summary>
    public override string ToString() => Name;
}

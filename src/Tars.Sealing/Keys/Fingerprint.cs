using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Keys;

/// <summary>A key id as two people can read it to each other: sixteen groups of four digits, <c>a1b2 c3d4 …</c>.</summary>
/// <param name="KeyId">64 lower-case hexadecimal digits.</param>
public readonly record struct Fingerprint(string KeyId)
{
    private const int GroupLength = 4;

    /// <summary>Reads what <see cref="ToString"/> writes; white space, colons, hyphens and upper case do not matter.</summary>
    /// <param name="text">What a person typed.</param>
    /// <param name="fingerprint">The fingerprint; of no use when false is returned.</param>
    public static bool TryParse(string text, out Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(text);
        fingerprint = new Fingerprint(string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not (':' or '-'))).ToLowerInvariant());
        return Digest.IsSha256(fingerprint.KeyId);
    }

    /// <summary>Sixteen groups of four digits on one line.</summary>
    public override string ToString() => string.Join(' ', KeyId.Chunk(GroupLength).Select(group => new string(group)));
}

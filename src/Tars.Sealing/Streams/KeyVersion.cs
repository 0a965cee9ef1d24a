using System.Buffers;
using System.Globalization;

namespace Tars.Sealing.Streams;

/// <summary>What a sealed file calls a key: its id and its version.</summary>
/// <param name="KeyId">1 to 64 visible ASCII characters.</param>
/// <param name="Version">At least 1; a rotation adds one.</param>
public readonly record struct KeyVersion(string KeyId, int Version)
{
    internal const int LongestKeyId = 64;

    private static readonly SearchValues<char> Visible =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(code => (char)code)]);

    /// <summary><c>ID version N</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{KeyId} version {Version}");

    /// <summary>Checks what a header can hold.</summary>
    /// <exception cref="ArgumentException">The id is empty, too long or not visible ASCII, or the version is below 1.</exception>
    internal static KeyVersion Checked(string keyId, int version)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        return keyId.Length is > 0 and <= LongestKeyId && IsVisible(keyId)
            ? new KeyVersion(keyId, version)
            : throw new ArgumentException($"\"{keyId}\" is no key id; 1 to {LongestKeyId} visible ASCII characters are expected", nameof(keyId));
    }

    internal static bool IsVisible(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Visible);
}

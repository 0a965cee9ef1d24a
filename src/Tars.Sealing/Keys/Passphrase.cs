using System.Text;

namespace Tars.Sealing.Keys;

/// <summary>A passphrase, as UTF-8, zeroed on disposal. It is taken as it is: no trimming, no normalisation.</summary>
public sealed class Passphrase : IDisposable
{
    private readonly SecretBytes _utf8;

    /// <summary>Copies a passphrase that stands in characters; the caller clears its own copy.</summary>
    public Passphrase(ReadOnlySpan<char> text)
    {
        _utf8 = new SecretBytes(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _utf8.Span);
    }

    /// <summary>Copies a passphrase that stands in UTF-8, for instance the content of a file without its line feed.</summary>
    public Passphrase(ReadOnlySpan<byte> utf8) => _utf8 = new SecretBytes(utf8);

    internal ReadOnlySpan<byte> Utf8 => _utf8.Span;

    /// <summary>Zeroes it.</summary>
    public void Dispose() => _utf8.Dispose();

    /// <summary>Says nothing of it.</summary>
    public override string ToString() => "a passphrase";
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tars.Sealing.Logs;

/// <summary>One signature line of a note.</summary>
/// <param name="Name">The key's name: not empty, without white space and without a plus sign.</param>
/// <param name="KeyId">Four bytes that tell the keys of one name apart.</param>
/// <param name="Signature">What the key's algorithm wrote.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    internal const string Prefix = "— ";

    /// <summary>The line with its line feed.</summary>
    public override string ToString()
    {
        byte[] bytes = new byte[sizeof(uint) + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.Span.CopyTo(bytes.AsSpan(sizeof(uint)));
        return $"{Prefix}{Name} {Convert.ToBase64String(bytes)}\n";
    }

    /// <summary>Reads a line without its line feed.</summary>
    internal static bool TryParse(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        string[] parts = line.StartsWith(Prefix, StringComparison.Ordinal) ? line[Prefix.Length..].Split(' ') : [];
        if (parts.Length != 2 || !IsName(parts[0]))
        {
            return false;
        }

        byte[] bytes = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], bytes, out int written)
            || written <= sizeof(uint)
            || Convert.ToBase64String(bytes.AsSpan(0, written)) != parts[1])
        {
            return false;
        }

        signature = new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(sizeof(uint), written - sizeof(uint)));
        return true;
    }

    internal static bool IsName(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');
}

/// <summary>
/// Text with the signatures of one or more keys below it, readable by a person and exact to the byte. Source: C2SP signed-note
/// (c2sp.org/signed-note). A signature covers the text with its final line feed, not the empty line after it.
/// </summary>
/// <param name="Text">Ends with a line feed; no other control characters.</param>
/// <param name="Signatures">1 to 64.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>The most bytes that are read of a note.</summary>
    public const int MaximumBytes = 1 << 16;

    private const int MaximumSignatures = 64;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What the signatures cover.</summary>
    public byte[] SignedBytes() => Utf8.GetBytes(Text);

    /// <summary>The note as it stands in a file.</summary>
    public byte[] ToBytes() => Utf8.GetBytes(ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures)}";

    /// <summary>Reads a note.</summary>
    /// <param name="utf8">The bytes of one note, with nothing after it.</param>
    /// <param name="note">The note; null when refused.</param>
    /// <param name="refusal">What is wrong with its form; null when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? refusal)
    {
        note = null;
        if (utf8.Length > MaximumBytes)
        {
            refusal = $"{utf8.Length} bytes; at most {MaximumBytes} are read";
            return false;
        }

        string all;
        try
        {
            all = Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException exception)
        {
            refusal = $"no UTF-8 at byte {exception.Index}";
            return false;
        }

        int blank = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        refusal = all.Any(c => c < ' ' && c != '\n') ? "it holds control characters"
            : blank < 0 ? "no empty line separates text and signatures"
            : !all.EndsWith('\n') || blank + 2 == all.Length ? "no signature line ends it"
            : null;
        if (refusal is not null)
        {
            return false;
        }

        List<NoteSignature> signatures = [];
        foreach (string line in all[(blank + 2)..^1].Split('\n'))
        {
            if (signatures.Count == MaximumSignatures || !NoteSignature.TryParse(line, out NoteSignature? signature))
            {
                refusal = signatures.Count == MaximumSignatures ? $"more than {MaximumSignatures} signatures" : $"signature line {signatures.Count + 1} has another form";
                return false;
            }

            signatures.Add(signature);
        }

        note = new SignedNote(all[..(blank + 1)], signatures);
        return true;
    }
}

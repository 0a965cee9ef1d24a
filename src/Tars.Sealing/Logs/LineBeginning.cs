using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Tars.Sealing.Logs;

/// <summary>Whether bytes can be the beginning of one certain line: what a writer that died in the middle of it has left.</summary>
internal static class LineBeginning
{
    // One character for each kind of byte; all others stand for themselves.
    private const char Hexadecimal = '\u0001';
    private const char Digit = '\u0002';
    private const char Variant = '\u0003';

    private static readonly string Uuid = "XXXXXXXX-XXXX-7XXX-VXXX-XXXXXXXXXXXX".Replace('X', Hexadecimal).Replace('V', Variant);
    private static readonly string Time = "NNNN-NN-NNTNN:NN:NN.NNNNNNZ".Replace('N', Digit);
    private static readonly string AnyHash = new(Hexadecimal, 2 * TreeHash.Length);

    // A line's own members are not deep; what it holds may be as deep as its writer takes it.
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 256 };

    private static ReadOnlySpan<byte> PreviousHash => "previous_hash"u8;

    /// <summary>Whether they can, or are the whole line, which lacks its line feed and nothing else.</summary>
    /// <param name="bytes">No line feed and no zero among them.</param>
    /// <param name="sequence">The line's number.</param>
    /// <param name="previous">The hash of the line before; null when it is not known.</param>
    internal static bool Fits(ReadOnlySpan<byte> bytes, long sequence, TreeHash? previous)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{{\"sequence\":{sequence},\"event_id\":\"{Uuid}\",\"timestamp\":\"{Time}\",\"event_type\":\"");
        return bytes.Length < EventLine.MaximumBytes && Follows(bytes, head, out bool isWhole)
            && (!isWhole || (IsText(bytes) && FitsJson(bytes, previous)));
    }

    /// <summary>Whether bytes are a pattern's beginning, or begin with all of it.</summary>
    private static bool Follows(ReadOnlySpan<byte> bytes, string pattern, out bool isWhole)
    {
        isWhole = bytes.Length >= pattern.Length;
        for (int i = 0; i < Math.Min(bytes.Length, pattern.Length); i++)
        {
            char found = (char)bytes[i];
            bool fits = pattern[i] switch
            {
                Hexadecimal => char.IsAsciiHexDigitLower(found),
                Digit => char.IsAsciiDigit(found),
                Variant => found is '8' or '9' or 'a' or 'b',
                char exact => exact == found,
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>UTF-8, of which the last character may be cut.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.Length;
        for (int back = 1; back <= 3 && back < bytes.Length; back++)
        {
            if (Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData)
            {
                end = bytes.Length - back;
            }
        }

        return Utf8.IsValid(bytes[..end]);
    }

    private static bool FitsJson(ReadOnlySpan<byte> bytes, TreeHash? previous)
    {
        try
        {
            Utf8JsonReader reader = new(bytes, isFinalBlock: false, new JsonReaderState(Deep));
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(PreviousHash))
                {
                    return FitsEnd(bytes, (int)reader.TokenStartIndex, previous);
                }
            }

            return reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A crash leaves what was written: a line that is there to its last brace fits its hash, and nothing stands after it.</summary>
    private static bool FitsEnd(ReadOnlySpan<byte> bytes, int from, TreeHash? previous)
    {
        string end = $"\"previous_hash\":\"sha256:{previous?.ToString() ?? AnyHash}\",\"current_hash\":\"sha256:{AnyHash}\"}}";
        if (!Follows(bytes[from..], end, out bool isWhole) || !isWhole)
        {
            return !isWhole && Follows(bytes[from..], end, out _);
        }

        byte[] prefixed = [0, .. bytes];
        return bytes.Length == from + end.Length && EventLine.TryRead(prefixed, out EventLine line, out _) && line.ActualHash == line.CurrentHash;
    }
}

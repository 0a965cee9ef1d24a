using System.Text;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Compliance.Tests.Audit;

/// <summary>Five hundred damaged ends of a log: the writer that opens one, and the verifier that reads it, tell torn from tampered alike, and name the place.</summary>
public sealed class TornOrTamperedTests
{
    private const int Count = 500;
    private const int Lines = 60;
    private const int Signed = 30;
    private const int Sector = 512;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private sealed record Damaged(string Name, bool IsTorn, int Sequence, byte[] File);

    [Fact]
    public async Task Open_LabelledDamages_AreToldAsTheVerifierTellsThem()
    {
        Random random = new(Seeds.Draw());
        using LogFolder folder = new();
        byte[] checkpoint;
        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, Signed);
            await log.CheckpointAsync(Cancelled);
            checkpoint = await File.ReadAllBytesAsync(folder.Layout.Checkpoint, Cancelled);
            await LogFolder.AppendAsync(log, Lines - Signed, Signed);
        }

        byte[] whole = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);
        int[] starts = [.. Starts(whole)];
        string key = EpochKey.ReadNote(folder.Layout, 1).Epoch.Key.KeyId;
        List<string> wrong = [];
        for (int i = 0; i < Count; i++)
        {
            Damaged damaged = Damage(i, whole, starts, random);
            using TemporaryDirectory copy = new();
            LogFolder.Copy(folder.Log, copy.Path);
            LogLayout layout = new(copy.Path);
            await File.WriteAllBytesAsync(layout.Checkpoint, checkpoint, Cancelled);
            await File.WriteAllBytesAsync(layout.Segment(0), damaged.File, Cancelled);
            int offset = damaged.Sequence < Lines ? starts[damaged.Sequence] : whole.Length;

            LogVerification read = LogVerifier.Verify(copy.Path, new LogTrust(key));
            bool isVerifierRight = (read is LogVerification.Torn) == damaged.IsTorn && read is not LogVerification.Whole
                && read.Findings.Any(finding => (finding.ByteOffset == offset && (finding.Sequence == damaged.Sequence || finding.Kind == LogFindingKind.Inserted)) // the number that the line bears
                    || (finding.End > damaged.Sequence && finding.Sequence <= damaged.Sequence)); // a range, where either of two lines may be the changed one
            bool isWriterRight = damaged.IsTorn
                ? await IsRecoveredAsync(layout, folder, key, damaged, offset)
                : await IsFrozenAsync(layout, folder, damaged, offset);
            if (!isVerifierRight || !isWriterRight)
            {
                wrong.Add($"{i} {damaged.Name} (line {damaged.Sequence}, byte {offset}): verifier {isVerifierRight}, writer {isWriterRight}\n  {string.Join("\n  ", read.Findings)}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Count} told wrong\n{string.Join('\n', wrong.Take(10))}");
    }

    private static async Task<bool> IsRecoveredAsync(LogLayout layout, LogFolder folder, string key, Damaged damaged, int offset)
    {
        await AuditLog.Open(layout.Root, folder.Options, folder.Time).DisposeAsync();
        AuditRecord recovered = new AuditQuery(layout.Root).At(damaged.Sequence)!;
        string moved = Path.Combine(layout.Root, (string)recovered.Data!["file"]!);
        return recovered.Type == "log.recovered" && (long)recovered.Data["offset"]! == offset
            && File.ReadAllBytes(moved).AsSpan().SequenceEqual(damaged.File.AsSpan(offset))
            && LogFolder.ReadLines(layout.Root).Count == damaged.Sequence + 1
            && LogVerifier.Verify(layout.Root, new LogTrust(key)) is LogVerification.Whole;
    }

    private static async Task<bool> IsFrozenAsync(LogLayout layout, LogFolder folder, Damaged damaged, int offset)
    {
        try
        {
            await AuditLog.Open(layout.Root, folder.Options, folder.Time).DisposeAsync();
            return false;
        }
        catch (AuditLogException refused)
        {
            return refused.IsFrozen && (refused.Offset, refused.Sequence) == (offset, damaged.Sequence) && File.Exists(layout.Frozen) && !Directory.Exists(layout.Torn)
                && File.ReadAllBytes(layout.Segment(0)).AsSpan().SequenceEqual(damaged.File); // what is evidence stays as it is
        }
    }

    private static Damaged Damage(int kind, byte[] whole, int[] starts, Random random)
    {
        int line;
        do
        {
            line = random.Next(Signed, Lines);
        }
        while (line + 1 < Lines && starts[line + 1] % Sector <= 1); // a line that ends with its sector may be one that never arrived
        int at = starts[line];
        int length = (line + 1 < Lines ? starts[line + 1] : whole.Length) - at - 1;
        byte[] upTo = whole[..at];
        byte[] text = whole[at..(at + length)];
        switch (kind % 20)
        {
            case 0: return new("cut in a line", true, line, whole[..(at + random.Next(1, length))]);
            case 1: return new("a whole line without its line feed", true, line, whole[..(at + length)]);
            case 2: return new("zeroes behind the last line", true, Lines, [.. whole, .. new byte[random.Next(1, 9000)]]);
            case 3: return new("the beginning of a line, then zeroes", true, line, [.. whole[..(at + random.Next(1, length))], .. new byte[random.Next(1, 9000)]]);
            case 4: return new("a line zeroed up to its line feed", false, line, [.. upTo, .. new byte[length], (byte)'\n']);
            case 5: return Holes(whole, starts, random, isWhole: true);
            case 6: return Holes(whole, starts, random, isWhole: false);
            case 7: return new("bytes that begin no line", false, Lines, [.. whole, .. "tampered"u8]);
            case 8: return new("a brace, then other bytes", false, Lines, [.. whole, .. "{\"sequence\":x"u8]);
            case 9: return new("the beginning of a line of another number", false, line, [.. upTo, .. Text(text).Replace($"\"sequence\":{line}", $"\"sequence\":{line + 1}", StringComparison.Ordinal)[..(length - 5)].Select(c => (byte)c)]);
            case 10: return new("a line without its line feed and with another line before it", false, line, [.. upTo, .. Rechained(text)]);
            case 11: return new("the beginning of a line with another hash before it", false, line, [.. upTo, .. Rechained(text)[..^95]]);
            case 12: return new("a whole line with another line before it", false, line, [.. upTo, .. Rechained(text), (byte)'\n']);
            case 13: return new("a changed line without its line feed", false, line, [.. upTo, .. Flip(text, random)]);
            case 14: return new("a changed line", false, line, [.. upTo, .. Flip(text, random), (byte)'\n', .. whole[(at + length + 1)..]]);
            case 15: return new("a line once more", false, Lines, [.. whole, .. text, (byte)'\n']);
            case 16: return new("an event id of another form", false, line, [.. upTo, .. Text(text).Replace("\"event_id\":\"0", "\"event_id\":\"G", StringComparison.Ordinal)[..random.Next(60, length)].Select(c => (byte)c)]);
            case 17: return new("a beginning that is no JSON", false, line, [.. upTo, .. text[..170], .. "\"}]}"u8]);
            case 18: return new("a beginning, a zero, and text", false, line, [.. upTo, .. text[..100], 0, .. "text"u8]);
            default: return new("more than a line holds, without a line feed", false, Lines, [.. whole, .. new byte[EventLine.MaximumBytes + 10].Select(_ => (byte)'a')]);
        }
    }

    /// <summary>Some sectors behind the signed lines did not arrive; or did but for their last byte, which no disk does.</summary>
    private static Damaged Holes(byte[] whole, int[] starts, Random random, bool isWhole)
    {
        byte[] file = [.. whole];
        int first = (starts[Signed] / Sector) + 1 + random.Next(5);
        file.AsSpan(first * Sector, Sector - (isWhole ? 0 : 1)).Clear();
        for (int other = first + 2; other < (file.Length / Sector) - 1; other += 1 + random.Next(6))
        {
            file.AsSpan(other * Sector, Sector).Clear();
        }

        return new(isWhole ? "sectors that never arrived" : "a sector but for a byte", isWhole, Array.FindLastIndex(starts, start => start <= first * Sector), file);
    }

    private static byte[] Flip(byte[] line, Random random)
    {
        byte[] changed = [.. line];
        int at = random.Next(line.Length);
        do
        {
            changed[at] = (byte)random.Next(1, 256);
        }
        while (changed[at] == line[at] || changed[at] == '\n');
        return changed;
    }

    /// <summary>The same line, with its hash made anew, behind a line that there never was.</summary>
    private static byte[] Rechained(byte[] line)
    {
        int previous = Text(line).LastIndexOf(",\"previous_hash\"", StringComparison.Ordinal);
        byte[] buffer = new byte[line.Length + 300];
        line.AsSpan(0, previous).CopyTo(buffer.AsSpan(1));
        int length = EventLine.WriteTail(buffer, previous, TreeHash.OfLeaf("another"u8), out _);
        return buffer[1..length];
    }

    private static string Text(byte[] line) => Encoding.Latin1.GetString(line);

    private static IEnumerable<int> Starts(byte[] whole)
    {
        yield return 0;
        for (int i = 0; i < whole.Length - 1; i++)
        {
            if (whole[i] == '\n')
            {
                yield return i + 1;
            }
        }
    }
}

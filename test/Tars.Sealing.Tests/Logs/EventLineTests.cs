using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

public sealed class EventLineTests
{
    private const string EventId = "019ac4c5-7c2e-7d31-8f00-3a5d9e1b2c44";

    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 1, 31, 23, 59, 59, TimeSpan.Zero).AddMicroseconds(123456);

    [Fact]
    public void Write_ThenRead_ByTheFormatsOwnWords()
    {
        TreeHash previous = TreeHash.OfLeaf("p"u8);
        byte[] line = Line(42, previous, out TreeHash current);
        string text = Encoding.UTF8.GetString(line);
        string head = $"{{\"sequence\":42,\"event_id\":\"{EventId}\",\"timestamp\":\"2026-01-31T23:59:59.123456Z\",\"event_type\":\"run.intent\",\"outcome\":\"intent\",\"previous_hash\":\"sha256:{previous}\"";
        string hash = Convert.ToHexStringLower(SHA256.HashData([0, .. Encoding.UTF8.GetBytes(head + "}")]));
        Assert.Equal($"{head},\"current_hash\":\"sha256:{hash}\"}}\n", text);
        byte[] prefixed = [7, .. line[..^1]];
        Assert.True(EventLine.TryRead(prefixed, out EventLine read, out string? refusal), refusal);
        Assert.Equal(new EventLine(42, Time, previous, current, current), read);
        Assert.Equal([7, .. line[..^1]], prefixed);
        Assert.Equal(EventId, Encoding.ASCII.GetString(EventLine.EventIdOf(line)));
        Assert.Equal("run.intent", EventLine.EventTypeOf(line));
    }

    [Fact]
    public void TryRead_AnyBitFlipped_IsRefusedOrItsHashDoesNotFit()
    {
        byte[] line = Line(42, TreeHash.OfLeaf("p"u8), out TreeHash current);
        for (int bit = 0; bit < (line.Length - 1) * 8; bit++)
        {
            byte[] changed = [0, .. line[..^1]];
            changed[1 + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.False(
                EventLine.TryRead(changed, out EventLine read, out _) && read.ActualHash == read.CurrentHash && read.CurrentHash == current,
                $"bit {bit}");
        }
    }

    [Fact]
    public void TryRead_AnyCut_IsRefused()
    {
        byte[] line = Line(42, TreeHash.OfLeaf("p"u8), out _);
        for (int length = 0; length < line.Length - 1; length++)
        {
            byte[] cut = [0, .. line[..length]];
            Assert.False(EventLine.TryRead(cut, out _, out string? refusal));
            Assert.NotNull(refusal);
        }
    }

    [Fact]
    public async Task CurrentHash_ShellOfTheDocument_ComputesIt()
    {
        string bash = Executables.Require("bash");
        using TemporaryDirectory folder = new();
        Directory.CreateDirectory(folder.Combine("segments"));
        byte[] line = Line(0, default, out TreeHash current);
        await File.WriteAllBytesAsync(folder.Combine("segments", "00000000000000000000.jsonl"), line, TestContext.Current.CancellationToken);
        string document = await File.ReadAllTextAsync(RepositoryRoot.PathOf("docs/formats/audit-log.md"), TestContext.Current.CancellationToken);
        int from = document.IndexOf("line=$(sed", StringComparison.Ordinal);
        string script = document[from..document.IndexOf("```", from, StringComparison.Ordinal)];

        CommandResult result = await new CommandLine(bash, "-c", script) { WorkingDirectory = folder.Path }.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal($"{current}  -\n", result.Output);
    }

    private static byte[] Line(long sequence, TreeHash previous, out TreeHash current)
    {
        byte[] buffer = new byte[1024];
        int length = EventLine.WriteHead(buffer.AsSpan(1), sequence, Encoding.ASCII.GetBytes(EventId), Time);
        ReadOnlySpan<byte> rest = "run.intent\",\"outcome\":\"intent\""u8;
        rest.CopyTo(buffer.AsSpan(1 + length));
        length = EventLine.WriteTail(buffer, length + rest.Length, previous, out current);
        return buffer[1..(1 + length)];
    }
}

using Tars.Sealing.Streams;

namespace Tars.Sealing.Tests.Streams;

public sealed class HeaderTests
{
    private const string ContentType = "text/plain";
    private const int Salt = 10 + 10;
    private const int Count = Salt + 64;
    private const int KeyId = Count + 2;
    private const int Version = KeyId + 4;

    // Places and limits from docs/formats/sealed-file.md, for content type text/plain and key id "ring".
    [Theory]
    [InlineData(0, 'X', 0, "not a sealed file: it does not begin with TARSEAL")]
    [InlineData(7, 2, 7, "format version 2 is not known; this program reads version 1")]
    [InlineData(8, 13, 8, "chunk exponent 13 is not in 14 to 20")]
    [InlineData(8, 21, 8, "chunk exponent 21 is not in 14 to 20")]
    [InlineData(9, 0, 9, "length of the content type 0 is not in 1 to 127")]
    [InlineData(9, 128, 9, "length of the content type 128 is not in 1 to 127")]
    [InlineData(12, ' ', 10, "the content type is not visible ASCII")]
    [InlineData(Count, 0, Count, "number of recipients 0 is not in 1 to 32")]
    [InlineData(Count, 33, Count, "number of recipients 33 is not in 1 to 32")]
    [InlineData(KeyId - 1, 0, KeyId - 1, "length of the key id 0 is not in 1 to 64")]
    [InlineData(KeyId - 1, 65, KeyId - 1, "length of the key id 65 is not in 1 to 64")]
    [InlineData(KeyId, 0x7F, KeyId, "the key id is not visible ASCII")]
    [InlineData(Version + 3, 0, Version, "key version 0 is not in 1 to 2147483647")]
    [InlineData(Version, 0x80, Version, "key version 2147483649 is not in 1 to 2147483647")]
    public async Task Read_ValueOutsideItsRange_SaysWhereAndWhatIsExpected(int position, int value, int offset, string reason)
    {
        byte[] file = await SealedSample.SealAsync([], new SealOptions(ContentType), SealedSample.Key("ring"));
        file[position] = (byte)value;

        (SealedHeader? header, OpenResult.Malformed? malformed) = HeaderReader.Read(file);

        Assert.Null(header);
        Assert.Equal(new OpenResult.Malformed(offset, reason), malformed);
    }

    [Fact]
    public async Task Read_EveryBeginning_SaysThatTheFileEnds()
    {
        byte[] file = await SealedSample.SealAsync([], new SealOptions(ContentType), SealedSample.Key("ring"), SealedSample.Key("ring", 2));
        int length = file.Length - 16;
        for (int cut = 7; cut < length; cut++)
        {
            OpenResult.Malformed? malformed = HeaderReader.Read(file.AsMemory(0, cut)).Malformed;
            Assert.Equal(cut, malformed?.Offset);
            Assert.StartsWith("the file ends in the header's ", malformed?.Reason, StringComparison.Ordinal);
        }

        SealedHeader header = HeaderReader.Read(file.AsMemory(0, length)).Header!;
        Assert.Equal((length, ContentType, 1 << 16), (header.Length, header.ContentType, header.ChunkSize));
        Assert.Equal([new KeyVersion("ring", 1), new KeyVersion("ring", 2)], header.Recipients);
    }

    [Fact]
    public async Task Read_RecipientTwice_IsRefused()
    {
        byte[] file = await SealedSample.SealAsync([], new SealOptions(ContentType), SealedSample.Key("ring"), SealedSample.Key("ring", 2));
        int second = Version + 4 + 60;
        file[second + 1 + 4 + 3] = 1;

        Assert.Equal(new OpenResult.Malformed(second, "recipient ring version 1 stands there twice"), HeaderReader.Read(file).Malformed);
    }

    [Fact]
    public void Longest_AllLimits_IsWhatTheFormatSays() => Assert.Equal(4362, HeaderLayout.Longest);

    [Theory]
    [InlineData("", 1)]
    [InlineData("a b", 1)]
    [InlineData("schlüssel", 1)]
    [InlineData("key", 0)]
    public void KeyEncryptionKey_NameThatAHeaderCannotHold_IsRefused(string keyId, int version) =>
        Assert.ThrowsAny<ArgumentException>(() => new KeyEncryptionKey(keyId, version, new byte[32]));

    [Fact]
    public void KeyEncryptionKey_OtherLength_IsRefusedWithoutShowingTheKey()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new KeyEncryptionKey("key", 1, new byte[31]));
        Assert.StartsWith("key key version 1: 31 bytes are no AES-256 key; 32 are expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyEncryptionKey_Disposed_IsOfNoUse()
    {
        KeyEncryptionKey key = SealedSample.Key("key");
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.Length);
    }
}

using System.Security.Cryptography;
using Tars.Storage.Blobs;
using Tars.TestKit;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>The name of a blob. Vectors: FIPS 180-4 examples published by NIST ("SHA256.pdf": abc, and the empty message).</summary>
public sealed class BlobDigestTests
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Of_PublishedMessage_IsThePublishedDigest(string message, string expected) =>
        Assert.Equal(expected, BlobDigest.Of(System.Text.Encoding.ASCII.GetBytes(message)).ToString());

    [Fact]
    public void Parse_OfWhatToStringWrote_IsTheSameAndOrdersAsText()
    {
        Random random = new(Seeds.Draw());
        byte[] bytes = new byte[32];
        List<BlobDigest> digests = [];
        for (int i = 0; i < 500; i++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(0, random.Next(32)).Clear(); // long common beginnings
            BlobDigest digest = BlobDigest.FromBytes(bytes);
            Assert.Equal(bytes, digest.ToArray());
            Assert.Equal(digest, BlobDigest.Parse(digest.ToString()));
            digests.Add(digest);
        }

        Assert.Equal(digests.Select(digest => digest.ToString()).Order(StringComparer.Ordinal), digests.Order().Select(digest => digest.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adx")]
    [InlineData("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void TryParse_OfAnythingElse_IsFalse(string? text) => Assert.False(BlobDigest.TryParse(text, out _));

    [Fact]
    public void FromBytes_OfAnotherLength_Throws() => Assert.Throws<ArgumentException>(() => BlobDigest.FromBytes(new byte[SHA256.HashSizeInBytes + 1]));
}

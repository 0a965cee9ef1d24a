using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.StorageServers;
using Xunit;

namespace Tars.TestKit.Tests.StorageServers;

/// <summary>
/// The check of signatures against the worked examples of the API reference of Amazon S3: "Transferring Payload in a Single Chunk", "Transferring Payload in Multiple Chunks" and "Including Trailing
/// Headers". Keys, times, requests and signatures are theirs.
/// </summary>
public sealed class S3SignatureTests
{
    private const string Seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    private const string TrailerSeed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

    private static readonly string[] ChunkSignatures =
    [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ];

    private static readonly string[] TrailerChunkSignatures =
    [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
    ];

    // Method, target, further headers "name:value|…", signed headers, body, signature.
    [Theory]
    [InlineData("GET", "/test.txt", "Range:bytes=0-9", "host;range;x-amz-content-sha256;x-amz-date", "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "/test%24file.text", "Date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "/?lifecycle", "", "host;x-amz-content-sha256;x-amz-date", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/?max-keys=2&prefix=J", "", "host;x-amz-content-sha256;x-amz-date", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Verify_DocumentedExampleInASingleChunk_IsGoodAndNoneWithADigitChanged(string method, string target, string headers, string signed, string body, string signature)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        string hash = SignatureVersion4.Hash(bytes);
        Assert.Null(Verify(Request(method, target, "examplebucket.s3.amazonaws.com", headers, hash, signed, bytes, signature)));
        for (int at = 0; at < signature.Length; at++)
        {
            Assert.Equal("SignatureDoesNotMatch", Verify(Request(method, target, "examplebucket.s3.amazonaws.com", headers, hash, signed, bytes, Changed(signature, at))));
        }

        Assert.Equal("XAmzContentSHA256Mismatch", Verify(Request(method, target, "examplebucket.s3.amazonaws.com", headers, hash, signed, [.. bytes, 0], signature)));
    }

    [Fact]
    public void Verify_DocumentedChunkedUpload_IsGoodAndGivesTheBytes()
    {
        byte[] body = Chunks(ChunkSignatures, null);
        Assert.Equal(66824, body.Length); // the Content-Length of the example
        (S3Caller? caller, S3Refusal? refusal) = S3Signature.Verify(Chunked(body), Account());
        Assert.Null(refusal);
        Assert.Equal(66560, caller!.Content.Length);
        Assert.All(caller.Content, one => Assert.Equal((byte)'a', one));
    }

    [Fact]
    public void Verify_DocumentedTrailedUpload_IsGoodAndGivesTheTrailer()
    {
        (S3Caller? caller, S3Refusal? refusal) = S3Signature.Verify(Trailed(Chunks(TrailerChunkSignatures, "x-amz-checksum-crc32c:sOO8/Q==")), Account());
        Assert.Null(refusal);
        Assert.Equal([("x-amz-checksum-crc32c", "sOO8/Q==")], caller!.Trailers);
        Assert.Equal("sOO8/Q==", Convert.ToBase64String(Crc32Of.Hash(caller.Content, Crc32Of.Castagnoli)));
    }

    [Fact]
    public void Verify_ChunkedUploadChangedAnywhere_IsRefused()
    {
        byte[] chunked = Chunks(ChunkSignatures, null);
        byte[] trailed = Chunks(TrailerChunkSignatures, "x-amz-checksum-crc32c:sOO8/Q==");
        foreach (int at in Enumerable.Range(0, 90).Concat([40_000]).Concat(Enumerable.Range(chunked.Length - 90, 88)))
        {
            byte[] bad = [.. chunked];
            bad[at] ^= 1;
            Assert.NotNull(Verify(Chunked(bad)));
        }

        foreach (int at in Enumerable.Range(trailed.Length - 200, 198))
        {
            byte[] bad = [.. trailed];
            bad[at] ^= 1;
            Assert.NotNull(Verify(Trailed(bad)));
        }

        foreach (int length in new[] { 0, 1, 100, 65_536, chunked.Length - 90, chunked.Length - 5 })
        {
            Assert.NotNull(Verify(Chunked(chunked[..length])));
        }

        Assert.Equal("MalformedTrailerError", Verify(Trailed(Chunks(TrailerChunkSignatures[..3], null)))); // the announced trailer does not come
    }

    [Theory]
    [InlineData("123456789", Crc32Of.Iso, 0xCBF43926)] // the check values of the catalogue of CRC algorithms
    [InlineData("123456789", Crc32Of.Castagnoli, 0xE3069283)]
    public void Crc32_OfTheCheckInput_IsTheCheckValue(string text, uint polynomial, uint expected) =>
        Assert.Equal(expected.ToString("X8", CultureInfo.InvariantCulture), Convert.ToHexString(Crc32Of.Hash(Encoding.ASCII.GetBytes(text), polynomial)));

    private static AwsAccount Account()
    {
        AwsAccount account = new(new FakeTimeProvider(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero)), "us-east-1");
        account.Add(new AwsCredentials("AKIAIOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        return account;
    }

    private static string? Verify(ReceivedRequest request) => S3Signature.Verify(request, Account()).Refusal?.Code;

    private static string Changed(string signature, int at) => string.Concat(signature.AsSpan(0, at), signature[at] == '0' ? "1" : "0", signature.AsSpan(at + 1));

    private static ReceivedRequest Chunked(byte[] body) => Request(
        "PUT", "/examplebucket/chunkObject.txt", "s3.amazonaws.com", "x-amz-storage-class:REDUCED_REDUNDANCY|Content-Encoding:aws-chunked|x-amz-decoded-content-length:66560|Content-Length:66824",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class", body, Seed);

    private static ReceivedRequest Trailed(byte[] body) => Request(
        "PUT", "/examplebucket/chunkObject.txt", "s3.amazonaws.com",
        "x-amz-storage-class:REDUCED_REDUNDANCY|Content-Encoding:aws-chunked|x-amz-decoded-content-length:66560|x-amz-trailer:x-amz-checksum-crc32c",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer", body, TrailerSeed);

    /// <summary>65 KiB of the letter a, in chunks of 64 KiB and 1 KiB and the empty one, as in the examples.</summary>
    private static byte[] Chunks(string[] signatures, string? trailer)
    {
        StringBuilder body = new();
        foreach ((int size, int index) in new[] { 65536, 1024 }.Select((size, index) => (size, index)))
        {
            body.Append(CultureInfo.InvariantCulture, $"{size:x};chunk-signature={signatures[index]}\r\n").Append('a', size).Append("\r\n");
        }

        body.Append(CultureInfo.InvariantCulture, $"0;chunk-signature={signatures[2]}\r\n");
        if (trailer is not null)
        {
            body.Append(CultureInfo.InvariantCulture, $"{trailer}\r\nx-amz-trailer-signature:{signatures[3]}\r\n");
        }

        return Encoding.ASCII.GetBytes(body.Append("\r\n").ToString());
    }

    private static ReceivedRequest Request(string method, string target, string host, string headers, string hash, string signed, byte[] body, string signature)
    {
        List<KeyValuePair<string, string>> lines = [new("Host", host), new("x-amz-date", "20130524T000000Z"), new("x-amz-content-sha256", hash)];
        foreach (string line in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(':', 2);
            lines.Add(new(parts[0], parts[1]));
        }

        lines.Add(new("Authorization", $"AWS4-HMAC-SHA256 Credential={"AKIAIOSFODNN7" + "EXAMPLE"}/20130524/us-east-1/s3/aws4_request,SignedHeaders={signed},Signature={signature}"));
        return new ReceivedRequest(method, target, lines, body, false, new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
    }
}

using System.Security.Cryptography;
using Tars.TestKit.SecretServers;

namespace Tars.TestKit.StorageServers;

/// <summary>The checks of what was received against what the client says it sent, from "Checking object integrity in Amazon S3".</summary>
internal static class S3Checksums
{
    private const string Prefix = "x-amz-checksum-";

    /// <summary>The checksum that came with the bytes, in a header or a trailer; a refusal when it is wrong. CRC-64/NVME is not covered.</summary>
    internal static ((string Name, string Value)? Checksum, S3Refusal? Refusal) Check(ReceivedRequest request, S3Caller caller)
    {
        if (request.Header("Content-MD5") is { } md5)
        {
            if (!IsBase64(md5, 16))
            {
                return (null, new S3Refusal(400, "InvalidDigest", "The Content-MD5 you specified is not valid."));
            }

            if (Convert.ToBase64String(S3Object.Md5(caller.Content)) != md5)
            {
                return (null, new S3Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received."));
            }
        }

        (string Name, string Value)[] sent =
        [
            .. request.Headers.Select(header => (Name: header.Key.ToLowerInvariant(), header.Value)).Concat(caller.Trailers)
                .Where(pair => pair.Name.StartsWith(Prefix, StringComparison.Ordinal) && pair.Name is not ("x-amz-checksum-algorithm" or "x-amz-checksum-mode" or "x-amz-checksum-type")),
        ];
        if (sent.Length == 0)
        {
            return (null, null);
        }

        if (sent.Length > 1)
        {
            return (null, new S3Refusal(400, "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."));
        }

        (string name, string value) = sent[0];
        string algorithm = name[Prefix.Length..];
        if (Of(algorithm, caller.Content) is not { } right)
        {
            return (null, S3Refusal.NotImplemented(name));
        }

        return !IsBase64(value, right.Length) ? (null, new S3Refusal(400, "InvalidRequest", $"Value for {name} header is invalid."))
            : Convert.ToBase64String(right) != value ? (null, new S3Refusal(400, "BadDigest", $"The {algorithm.ToUpperInvariant()} you specified did not match the calculated checksum."))
            : (sent[0], null);
    }

    private static byte[]? Of(string algorithm, byte[] content) => algorithm switch
    {
        "sha256" => SHA256.HashData(content),
        "crc32" => Crc32Of.Hash(content, Crc32Of.Iso),
        "crc32c" => Crc32Of.Hash(content, Crc32Of.Castagnoli),
        _ => null,
    };

    private static bool IsBase64(string text, int length) => Convert.TryFromBase64String(text, new byte[64], out int written) && written == length;
}

using System.Globalization;
using System.Security.Cryptography;
using Tars.TestKit.SecretServers;

namespace Tars.TestKit.StorageServers;

/// <summary>A stored object.</summary>
internal sealed record S3Object(byte[] Content, string ETag, DateTimeOffset Modified, string ContentType)
{
    /// <summary>Header name and value of its checksum; null when it was put without one.</summary>
    internal (string Name, string Value)? Checksum { get; init; }

    /// <summary>Headers about encryption, as answered to whoever put it.</summary>
    internal IReadOnlyList<(string Name, string Value)> Encryption { get; init; } = [];

    internal static string ETagOf(ReadOnlySpan<byte> content) => $"\"{Convert.ToHexStringLower(Md5(content))}\"";

    internal static byte[] Md5(ReadOnlySpan<byte> content)
    {
#pragma warning disable CA5351 // the service's ETag and Content-MD5 are MD5
        return MD5.HashData(content);
#pragma warning restore CA5351
    }

    internal Answer Head(bool withChecksum)
    {
        Answer answer = Answer.Empty(200).With("ETag", ETag).With("Last-Modified", Modified.UtcDateTime.ToString("R", CultureInfo.InvariantCulture)).With("Accept-Ranges", "bytes");
        foreach ((string name, string value) in Encryption)
        {
            answer = answer.With(name, value);
        }

        return (withChecksum && Checksum is { } checksum ? answer.With(checksum.Name, checksum.Value) : answer) with { ContentType = ContentType };
    }
}

/// <summary>An upload in parts that is under way.</summary>
internal sealed record S3Upload(string Id, string Bucket, string Key, DateTimeOffset Begun, string ContentType, string? ChecksumAlgorithm)
{
    internal SortedDictionary<int, S3Object> Parts { get; } = [];

    internal IReadOnlyList<(string Name, string Value)> Encryption { get; init; } = [];
}

namespace Tars.Storage.Blobs;

/// <summary>What a store says about a blob without reading it.</summary>
/// <param name="Size">Length in bytes, 0 or more.</param>
/// <param name="Created">When it was stored, by the clock of the disk or of the service; S3 knows whole seconds only.</param>
public readonly record struct BlobInfo(long Size, DateTimeOffset Created);

/// <summary>A blob in a listing.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Info">Size and time.</param>
public readonly record struct BlobEntry(BlobDigest Digest, BlobInfo Info);

/// <summary>A page of a listing.</summary>
/// <param name="Blobs">In the order of their digests; at most as many as asked for.</param>
/// <param name="Next">What the next page comes after; null when there is none.</param>
public sealed record BlobPage(IReadOnlyList<BlobEntry> Blobs, BlobDigest? Next);

/// <summary>How much a store holds.</summary>
/// <param name="Count">Number of blobs.</param>
/// <param name="Bytes">Sum of their lengths; what a disk or a service charges beyond that is not in it.</param>
public readonly record struct BlobTotals(long Count, long Bytes);

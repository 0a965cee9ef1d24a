namespace Tars.Storage.Blobs;

/// <summary>What became of content that was to be stored.</summary>
public abstract record BlobPut
{
    private BlobPut()
    {
    }

    /// <summary>It is in the store, durable and whole.</summary>
    /// <param name="Digest">Its name.</param>
    /// <param name="Size">Length in bytes.</param>
    /// <param name="WasPresent">True when the same content was there before, and was read through.</param>
    public sealed record Stored(BlobDigest Digest, long Size, bool WasPresent) : BlobPut;

    /// <summary>The content is not what was expected; nothing was stored.</summary>
    /// <param name="Expected">The digest that was asked for.</param>
    /// <param name="Found">The digest of the content.</param>
    /// <param name="Size">Length of the content in bytes.</param>
    public sealed record Refused(BlobDigest Expected, BlobDigest Found, long Size) : BlobPut
    {
        /// <summary>One line for a person.</summary>
        public override string ToString() => $"refused: expected sha256 {Expected}, found {Found} ({Size} bytes)";
    }

    /// <summary>A blob of this name is there and is not what its name says. It was not overwritten: delete it, and store again.</summary>
    /// <param name="Expected">Its name, the digest of the content that was to be stored.</param>
    /// <param name="Found">The digest of what lies there.</param>
    /// <param name="Size">Length of what lies there, in bytes.</param>
    public sealed record Damaged(BlobDigest Expected, BlobDigest Found, long Size) : BlobPut
    {
        /// <summary>One line for a person.</summary>
        public override string ToString() => $"damaged: expected sha256 {Expected}, found {Found} ({Size} bytes)";
    }
}

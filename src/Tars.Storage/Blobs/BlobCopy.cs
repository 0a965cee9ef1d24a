namespace Tars.Storage.Blobs;

/// <summary>What became of a blob that was to be copied out.</summary>
public abstract record BlobCopy
{
    private BlobCopy()
    {
    }

    /// <summary>All of it was written, and it is what its name says.</summary>
    /// <param name="Size">Length in bytes.</param>
    public sealed record Copied(long Size) : BlobCopy;

    /// <summary>There is no such blob.</summary>
    public sealed record Missing : BlobCopy;

    /// <summary>What lies under this name is not what the name says.</summary>
    /// <param name="Expected">The name.</param>
    /// <param name="Found">The digest of what was read.</param>
    /// <param name="Size">How many bytes were read.</param>
    public sealed record Damaged(BlobDigest Expected, BlobDigest Found, long Size) : BlobCopy
    {
        /// <summary>One line for a person.</summary>
        public override string ToString() => $"damaged: expected sha256 {Expected}, found {Found} ({Size} bytes)";
    }

    /// <summary>It is longer than the reader allows; whether it is damaged is not known.</summary>
    /// <param name="MaximumBytes">What the reader allows.</param>
    public sealed record TooLong(long MaximumBytes) : BlobCopy;
}

/// <summary>A blob that was to be read into memory.</summary>
public abstract record BlobRead
{
    private BlobRead()
    {
    }

    /// <summary>Its content, which is what its name says.</summary>
    /// <param name="Content">The bytes; may be empty.</param>
    public sealed record Whole(ReadOnlyMemory<byte> Content) : BlobRead;

    /// <summary>There is no content to give.</summary>
    /// <param name="Reason">Missing, damaged or too long; never <see cref="BlobCopy.Copied"/>.</param>
    public sealed record Nothing(BlobCopy Reason) : BlobRead;
}

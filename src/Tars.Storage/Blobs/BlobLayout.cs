namespace Tars.Storage.Blobs;

/// <summary>Where a blob lies below a folder or a prefix: <c>sha256/ab/cd/abcd…</c>, the same in both stores (<c>docs/formats/blobs.md</c>).</summary>
internal static class BlobLayout
{
    internal const string Root = "sha256/";

    internal static string KeyOf(BlobDigest digest)
    {
        string name = digest.ToString();
        return $"{Root}{name[..2]}/{name[2..4]}/{name}";
    }

    /// <summary>False for everything that is not exactly the key of a digest.</summary>
    internal static bool TryParse(string key, out BlobDigest digest)
    {
        digest = default;
        return key.LastIndexOf('/') is var slash and >= 0 && BlobDigest.TryParse(key[(slash + 1)..], out digest) && KeyOf(digest) == key;
    }
}

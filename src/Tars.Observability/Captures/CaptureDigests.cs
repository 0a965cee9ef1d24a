using System.Security.Cryptography;
using System.Text;

namespace Tars.Observability.Captures;

/// <summary>The list of digests of a capture, <c>SHA256SUMS</c>: what <c>sha256sum -c SHA256SUMS</c> checks.</summary>
internal static class CaptureDigests
{
    /// <summary>The list's text.</summary>
    public static string Text(CaptureManifest manifest, ReadOnlySpan<byte> manifestJson)
    {
        StringBuilder text = new();
        text.Append(Convert.ToHexStringLower(SHA256.HashData(manifestJson))).Append("  ").Append(CaptureLayout.Manifest).Append('\n');
        foreach (CapturedQuery query in manifest.Queries.Where(query => query.File is not null).OrderBy(query => query.File, StringComparer.Ordinal))
        {
            text.Append(query.Sha256).Append("  ").Append(query.File).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Whether a manifest belongs to a list: every line is what the manifest says, and nothing else is in it.</summary>
    public static bool Agree(string list, CaptureManifest manifest, ReadOnlySpan<byte> manifestJson) => list == Text(manifest, manifestJson);
}

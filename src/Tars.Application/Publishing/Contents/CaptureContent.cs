using System.Security.Cryptography;
using Tars.Observability.Captures;
using Tars.Observability.TimeSeries;
using Tars.Storage.Captures;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of a capture that was made.</summary>
public static class CaptureContent
{
    /// <summary>The reference, under the digest of its manifest.</summary>
    /// <param name="manifest">The manifest as it was written.</param>
    /// <param name="folder">Where the capture lies.</param>
    /// <param name="runId">The run that made it; null when it came from elsewhere.</param>
    public static StoredCapture Of(CaptureManifest manifest, string folder, Guid? runId)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        TimeGrid grid = manifest.Grid.ToGrid();
        return new StoredCapture(
            Convert.ToHexStringLower(SHA256.HashData(manifest.ToJson())),
            Rows.Text($"{manifest.Source.Application} {manifest.Source.Version}".TrimEnd()),
            Rows.Of(grid.Window),
            grid.Step)
        {
            RunId = runId,
            Location = Path.GetFullPath(folder),
        };
    }
}

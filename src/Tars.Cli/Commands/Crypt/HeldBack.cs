using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary>
/// Content that nobody may see before it is verified: a file that only its owner could open and that has no name, so that nothing is left of
/// it even after a kill. (On Windows it has a name until it is closed.)
/// </summary>
internal static class HeldBack
{
    /// <summary>Makes an empty one.</summary>
    /// <exception cref="IOException">The folder for temporary files does not take it.</exception>
    public static FileStream Create()
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = ReplacementFile.OwnerOnly;
        }

        string path = Path.Combine(Path.GetTempPath(), $".tars-{Guid.NewGuid():N}");
        FileStream file = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return file;
    }

    /// <summary>Hands all of it out.</summary>
    public static async Task ReleaseAsync(Stream held, Stream output, CancellationToken cancellationToken)
    {
        await held.FlushAsync(cancellationToken).ConfigureAwait(false);
        held.Position = 0;
        await held.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}

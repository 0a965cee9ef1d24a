using Tars.Sealing.Keys;

namespace Tars.Application.Publishing;

/// <summary>The files of a report, whole in their directory under temporary names.</summary>
public sealed class StagedReport : IDisposable
{
    private readonly string _folder;
    private readonly IReadOnlyList<(string Temporary, string Final)> _files;
    private readonly IReadOnlyList<string> _replaced;
    private bool _isPlaced;

    internal StagedReport(string folder, IReadOnlyList<(string Temporary, string Final)> files, IReadOnlyList<string> replaced) => (_folder, _files, _replaced) = (folder, files, replaced);

    /// <summary>Whether the directory was made for it.</summary>
    internal bool IsFolderNew { get; init; }

    /// <summary>Gives all files their names, and then removes the older ones that must not stay beside them.</summary>
    /// <returns>The paths, in the report's order.</returns>
    /// <exception cref="OutputException">A file cannot get its name. Or an old file cannot be removed: the new ones are there.</exception>
    public IReadOnlyList<string> Place()
    {
        string current = _folder;
        try
        {
            foreach ((string temporary, string final) in _files)
            {
                current = final;
                File.Move(temporary, final, overwrite: true);
            }

            DurableFile.FlushDirectory(_folder);
            _isPlaced = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(current, exception.Message, exception);
        }

        foreach (string name in _replaced)
        {
            Remove(Path.Combine(_folder, name));
        }

        return [.. _files.Select(file => file.Final)];
    }

    /// <summary>Removes the files that have not got their names, and the directory when it was made for them.</summary>
    public void Dispose()
    {
        if (_isPlaced)
        {
            return;
        }

        try
        {
            foreach ((string temporary, _) in _files)
            {
                File.Delete(temporary);
            }

            if (IsFolderNew && Directory.Exists(_folder) && !Directory.EnumerateFileSystemEntries(_folder).Any())
            {
                Directory.Delete(_folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk that refused the file may refuse its removal; the next run removes it as an orphan.
        }
    }

    private static void Remove(string old)
    {
        try
        {
            File.Delete(old);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(old, $"the plaintext of an older run stays, it cannot be removed: {exception.Message}", exception);
        }
    }
}

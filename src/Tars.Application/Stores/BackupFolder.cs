using Tars.Sealing.Keys;

namespace Tars.Application.Stores;

/// <summary>Where things lie in a backup (docs/formats/backup.md). It is whole when its manifest is there, which is written last.</summary>
/// <param name="Root">The folder's full path.</param>
public sealed record BackupFolder(string Root)
{
    private const string UnfinishedMark = "unfinished";

    /// <summary>What the backup is and holds.</summary>
    public string Manifest => Path.Combine(Root, "manifest.json");

    /// <summary>All rows, as <c>tars store export</c> writes them.</summary>
    public string Rows => Path.Combine(Root, "rows.jsonl");

    /// <summary>The files, laid out as in a folder of files.</summary>
    public string Blobs => Path.Combine(Root, "blobs");

    /// <summary>A copy of the audit log.</summary>
    public string Log => Path.Combine(Root, "audit");

    /// <summary>The key of the folder of subjects, and the keys of persons where they were asked for.</summary>
    public string Subjects => Path.Combine(Root, "subjects");

    /// <summary>The ledger of erasures as it was.</summary>
    public string Erasures => Path.Combine(Root, "erasures");

    private string Unfinished => Path.Combine(Root, UnfinishedMark);

    /// <summary>Whether it is whole.</summary>
    public bool IsWhole => File.Exists(Manifest);

    /// <summary>Begins a backup, or goes on with one that was interrupted: files that lie there already are not copied again.</summary>
    /// <exception cref="BackupException">There is a whole backup, or something else.</exception>
    public static BackupFolder Begin(string folder)
    {
        BackupFolder backup = new(Path.GetFullPath(folder));
        if (backup.IsWhole)
        {
            throw new BackupException($"{backup.Root}: a backup is there already", "name a new folder: a backup never replaces another") { IsUsage = true };
        }

        if (File.Exists(backup.Root) || (Directory.Exists(backup.Root) && !File.Exists(backup.Unfinished) && Directory.EnumerateFileSystemEntries(backup.Root).Any()))
        {
            throw new BackupException($"{backup.Root}: something is there that is no backup", "name a new folder, or an empty one") { IsUsage = true };
        }

        CreatePrivate(backup.Root);
        DurableFile.Write(backup.Unfinished, "a backup is being written here\n"u8);
        foreach (string file in new[] { backup.Rows, backup.Erasures })
        {
            File.Delete(file);
        }

        foreach (string part in new[] { backup.Log, backup.Subjects })
        {
            if (Directory.Exists(part))
            {
                Directory.Delete(part, recursive: true);
            }
        }

        return backup;
    }

    /// <summary>Makes it whole.</summary>
    public void Finish(ReadOnlySpan<byte> manifest)
    {
        DurableFile.FlushDirectory(Root);
        DurableFile.Write(Manifest, manifest);
        File.Delete(Unfinished);
        DurableFile.FlushDirectory(Root);
    }

    /// <summary>Every file but the manifest and those of <see cref="Blobs"/>, by path with slashes, sorted.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(path => !path.StartsWith("blobs/", StringComparison.Ordinal) && path is not ("manifest.json" or UnfinishedMark))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A folder that only its owner enters.</summary>
    internal static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Copies a file so that only its owner reads the copy, and flushes it.</summary>
    internal static void CopyPrivate(string from, string to) => DurableFile.WriteFresh(to, File.ReadAllBytes(from));
}

using Tars.Sealing.Keys;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Compliance.Audit;

/// <summary>Makes the folder of a log beside its place, to be moved there as a whole: afterwards the log is there, or nothing is.</summary>
internal sealed class LogCreation
{
    private readonly string _root;
    private readonly string _parent;

    private LogCreation(string root, string parent)
    {
        (_root, _parent) = (root, parent);
        Making = Path.Combine(parent, $".{Path.GetFileName(root)}.making");
    }

    /// <summary>Where the log lies until <see cref="Place"/>.</summary>
    public string Making { get; }

    /// <summary>The key of its first epoch.</summary>
    public PublicKey FirstKey { get; private set; } = null!;

    /// <summary>Makes the log beside its place.</summary>
    /// <exception cref="AuditLogException">Something is there already, or the disk refuses it.</exception>
    public static LogCreation Begin(string folder, string origin, TimeProvider time, ContinuedLog? continues)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        if (origin is null || !IsOrigin(origin))
        {
            throw new ArgumentException($"\"{origin}\" is no origin of a log: a name without white space and plus signs is expected", nameof(origin));
        }

        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        LogCreation creation = new(root, Path.GetDirectoryName(root) ?? throw new ArgumentException("a log cannot be the root of a file system", nameof(folder)));
        creation.Guard(() => creation.Make(origin, time.GetUtcNow(), continues));
        return creation;
    }

    /// <summary>Moves it to its place.</summary>
    public void Place() => Guard(() =>
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root); // empty, or this fails
        }

        Directory.Move(Making, _root);
        DurableFile.FlushDirectory(_parent);
    });

    private void Make(string origin, DateTimeOffset now, ContinuedLog? continues)
    {
        if (File.Exists(_root) || (Directory.Exists(_root) && Directory.EnumerateFileSystemEntries(_root).Any()))
        {
            throw new AuditLogException(_root, "something is there already; a new log is made in no folder or an empty one");
        }

        Directory.CreateDirectory(_parent);
        if (Directory.Exists(Making))
        {
            Directory.Delete(Making, recursive: true); // of a run that was killed
        }

        LogLayout layout = new(Making);
        PrivateFiles.CreateDirectory(Making);
        foreach (string inside in new[] { layout.Segments, layout.Epochs, layout.Checkpoints, layout.Index })
        {
            Directory.CreateDirectory(inside);
        }

        using EpochKey epoch = EpochKey.Create(layout, origin, now, continues);
        CheckpointFile.Write(layout.Checkpoint, epoch.Sign(new Checkpoint(origin, 0, TreeHash.Empty).ToString()));
        DurableFile.FlushDirectory(Making);
        FirstKey = epoch.Note.Key;
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
        {
            throw new AuditLogException(_root, $"the log cannot be made: {exception.Message}", inner: exception);
        }
    }

    private static bool IsOrigin(string origin) => origin.Length > 0 && !origin.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');
}

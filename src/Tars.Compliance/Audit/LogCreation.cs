using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;

namespace Tars.Compliance.Audit;

/// <summary>Makes the folder of a log: beside its place, then moved there as a whole.</summary>
internal static class LogCreation
{
    public static PublicKey Create(string folder, string origin, TimeProvider time, ContinuedLog? continues)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        if (origin is null || !IsOrigin(origin))
        {
            throw new ArgumentException($"\"{origin}\" is no origin of a log: a name without white space and plus signs is expected", nameof(origin));
        }

        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string parent = Path.GetDirectoryName(root) ?? throw new ArgumentException("a log cannot be the root of a file system", nameof(folder));
        string making = Path.Combine(parent, $".{Path.GetFileName(root)}.making");
        try
        {
            if (File.Exists(root) || (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any()))
            {
                throw new AuditLogException(root, "something is there already; a new log is made in no folder or an empty one");
            }

            Directory.CreateDirectory(parent);
            if (Directory.Exists(making))
            {
                Directory.Delete(making, recursive: true); // of a run that was killed
            }

            LogLayout layout = new(making);
            PrivateFiles.CreateDirectory(making);
            foreach (string inside in new[] { layout.Segments, layout.Epochs, layout.Checkpoints, layout.Index })
            {
                Directory.CreateDirectory(inside);
            }

            using EpochKey epoch = EpochKey.Create(layout, origin, time.GetUtcNow(), continues);
            CheckpointFile.Write(layout.Checkpoint, epoch.Sign(new Checkpoint(origin, 0, TreeHash.Empty).ToString()));
            ReplacementFile.FlushDirectory(making);
            if (Directory.Exists(root))
            {
                Directory.Delete(root);
            }

            Directory.Move(making, root);
            ReplacementFile.FlushDirectory(parent);
            return epoch.Note.Key;
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
        {
            throw new AuditLogException(root, $"the log cannot be made: {exception.Message}", inner: exception);
        }
    }

    private static bool IsOrigin(string origin) => origin.Length > 0 && !origin.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');
}

using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Keys;

namespace Tars.Compliance.Audit;

/// <summary>
/// The ids of the persons who were erased, in a file that is kept apart from log, subjects and their backups: whoever restores an old copy of both erases again
/// whom it names. An id tells nobody who it was. A line is the id, a space and HMAC-SHA-256 over a byte 255 and the id under the folder's own key, so that nobody
/// who can write the file, and does not hold that key, can have a person erased.
/// </summary>
internal static class ErasureLedger
{
    private const int MaximumBytes = 1 << 28;
    private const byte Domain = 0xFF; // no name begins with it: names are UTF-8

    /// <summary>Adds an id durably; one that is there already is not added again.</summary>
    /// <param name="path">The file; made when it is not there.</param>
    /// <param name="key">The folder's key.</param>
    /// <param name="id">The id.</param>
    /// <exception cref="AuditLogException">The disk refuses it.</exception>
    public static void Add(string path, SecretBytes key, string id)
    {
        try
        {
            if (Read(path, key).Contains(id))
            {
                return;
            }

            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            bool isNew = !File.Exists(path);
            using (FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                // What a crash has left of a line ends with the next line feed.
                file.Seek(0, SeekOrigin.End);
                file.Write(Encoding.ASCII.GetBytes($"{(isNew ? string.Empty : "\n")}{id} {MarkOf(key, id)}\n"));
                file.Flush(flushToDisk: true);
            }

            if (isNew)
            {
                DurableFile.FlushDirectory(folder);
            }
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
        {
            throw new AuditLogException(path, $"the erasure cannot be written down: {exception.Message}", "see that the folder of compliance.audit_erasures_path is there and has room; the next opening of the log ends the erasure", inner: exception);
        }
    }

    /// <summary>The ids that whoever held the folder's key has written; none when there is no file.</summary>
    /// <exception cref="AuditLogException">The file is there and cannot be read.</exception>
    public static IReadOnlySet<string> Read(string path, SecretBytes key)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length > MaximumBytes)
            {
                throw new IOException($"it has more than {MaximumBytes} bytes");
            }

            foreach (string line in File.Exists(path) ? File.ReadAllLines(path) : [])
            {
                string[] parts = line.Split(' ');
                if (parts.Length == 2 && SubjectFolder.IsId(parts[0])
                    && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(parts[1]), Encoding.ASCII.GetBytes(MarkOf(key, parts[0]))))
                {
                    ids.Add(parts[0]);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuditLogException(path, $"who was erased cannot be read: {exception.Message}", "nobody is named before it can", inner: exception);
        }

        return ids;
    }

    private static string MarkOf(SecretBytes key, string id) => Convert.ToHexStringLower(HMACSHA256.HashData(key.Span, [Domain, .. Encoding.ASCII.GetBytes(id)]));
}

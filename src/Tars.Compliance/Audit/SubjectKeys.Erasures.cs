using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <content>Who was erased, by the log and by the ledger of erasures.</content>
public sealed partial class SubjectKeys
{
    private const string LedgerSuffix = ".erasures";

    /// <summary>The file that keeps the ids of erased persons; beside the folder, with <c>.erasures</c> after its name, unless set.</summary>
    public string ErasureLedgerPath { get; private init; } = string.Empty;

    /// <summary>Opens a folder of subjects.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ledger">The ledger of erasures, kept apart from the folder's backups; null for the one beside the folder.</param>
    /// <exception cref="AuditLogException">It is none, or others can read it.</exception>
    public static SubjectKeys Open(string folder, TimeProvider time, string? ledger)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        return new SubjectKeys(SubjectFolder.Open(folder), time) { ErasureLedgerPath = ledger ?? LedgerOf(folder) };
    }

    /// <summary>
    /// Destroys once more the keys of everybody whom a log or the ledger calls erased, whatever a backup has brought back. Whoever reveals persons does this first.
    /// </summary>
    /// <param name="log">The log's folder.</param>
    /// <returns>Whom the ledger calls erased and the log does not: the log is older than their erasure.</returns>
    /// <exception cref="AuditLogException">The log or the ledger cannot be read, or the disk refuses it.</exception>
    public IReadOnlyList<string> ReplayErasures(string log)
    {
        ArgumentException.ThrowIfNullOrEmpty(log);
        HashSet<string> told = [.. SubjectErasure.ReadIds(new LogLayout(Path.GetFullPath(log)))];
        string[] unknown = [.. ErasureLedger.Read(ErasureLedgerPath, _folder.Key).Where(id => !told.Contains(id)).Order(StringComparer.Ordinal)];
        Erase([.. told, .. unknown]);
        return unknown;
    }

    /// <summary>Everybody whom a log or the ledger calls erased, by id. Nothing is destroyed.</summary>
    /// <param name="log">The log's folder.</param>
    /// <exception cref="AuditLogException">The log or the ledger cannot be read.</exception>
    public IReadOnlySet<string> Erased(string log)
    {
        ArgumentException.ThrowIfNullOrEmpty(log);
        return new HashSet<string>([.. SubjectErasure.ReadIds(new LogLayout(Path.GetFullPath(log))), .. ErasureLedger.Read(ErasureLedgerPath, _folder.Key)], StringComparer.Ordinal);
    }

    /// <summary>Writes an erasure down where no backup of log and subjects takes it back.</summary>
    internal void NoteErasure(string id) => ErasureLedger.Add(ErasureLedgerPath, _folder.Key, id);

    private static string LedgerOf(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + LedgerSuffix;
}

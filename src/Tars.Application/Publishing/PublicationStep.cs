namespace Tars.Application.Publishing;

/// <summary>What has just been done of a run that keeps its report: the moments between which a crash makes a difference. Tests stop a run at each.</summary>
internal enum PublicationStep
{
    /// <summary>Its row is there.</summary>
    Intended,

    /// <summary>Its row says that it is sealed.</summary>
    Sealed,

    /// <summary>A file, or the envelope, is in the place of files.</summary>
    FilePut,

    /// <summary>The files are registered, and were read back.</summary>
    FilesRead,

    /// <summary>Next is the transaction that keeps the report.</summary>
    Keeping,

    /// <summary>The report is kept.</summary>
    Kept,

    /// <summary>The rows have decided what became of it; next the log is told.</summary>
    Decided,

    /// <summary>The outcome is in the log.</summary>
    Told,

    /// <summary>The row says that it is over; its lease is left.</summary>
    Ended,
}

using System.Security.Cryptography;
using Tars.Application.Publishing;
using Tars.Application.Sealing;
using Tars.Reports;
using Tars.Sealing.Envelopes;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Reports;

namespace Tars.Application.Stores;

/// <summary>A file of a stored report.</summary>
/// <param name="Name">Its name, without a folder: as the run wrote it.</param>
/// <param name="Format">Its format.</param>
/// <param name="Digest">SHA-256 of its bytes as they are stored, 64 lower-case hexadecimal digits.</param>
/// <param name="Size">How many those are.</param>
/// <param name="IsSealed">Whether they are encrypted.</param>
public sealed record StoredFile(string Name, string Format, string Digest, long Size, bool IsSealed)
{
    /// <summary>The format of the signed envelope.</summary>
    public const string EnvelopeFormat = "envelope";
}

/// <summary>Brings files of stored reports out again, byte for byte.</summary>
/// <param name="store">The rows.</param>
/// <param name="blobs">The files.</param>
public sealed class StoredReportFiles(Store store, IBlobStore blobs)
{
    private const int MostBytes = 1 << 30;

    /// <summary>Reads a file of a report.</summary>
    /// <exception cref="BackupException">It is missing or damaged: nothing of it is handed out.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(string digest, string name, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(BlobDigest.Parse(digest), MostBytes, cancellationToken).ConfigureAwait(false) switch
        {
            BlobRead.Whole whole => whole.Content,
            BlobRead.Nothing { Reason: BlobCopy.Missing } => throw new BackupException($"{blobs.Place}: {name} is missing (sha256 {digest})", "'tars store check' tells what else is; bring it back from a backup"),
            BlobRead.Nothing nothing => throw new BackupException($"{blobs.Place}: {name} is {nothing.Reason}", "'tars store check' tells what else is; bring it back from a backup"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>Writes a report's files and its envelope into a folder, under the names that the envelope gives them: as they were when the run wrote them.</summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">Made when it is not there; files of the same names are replaced.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The paths written.</returns>
    /// <exception cref="BackupException">A file is missing or damaged; nothing was written.</exception>
    /// <exception cref="OutputException">The folder cannot be written.</exception>
    public async Task<IReadOnlyList<string>> ExportAsync(StoredReport report, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        List<ReportFile> files = [];
        foreach (StoredFile file in await ListAsync(report, cancellationToken).ConfigureAwait(false))
        {
            files.Add(new ReportFile(file.Name, file.Format == StoredFile.EnvelopeFormat ? "application/json" : "application/octet-stream", await ReadAsync(file.Digest, file.Name, cancellationToken).ConfigureAwait(false)));
        }

        return await new ReportDirectory(folder).WriteAsync(new Report(report.Kind, files), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A report's files and its envelope, under the names that the envelope gives them.</summary>
    /// <param name="report">The report.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BackupException">The envelope is missing or damaged.</exception>
    public async Task<IReadOnlyList<StoredFile>> ListAsync(StoredReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        IReadOnlyList<Rendering> renderings = await store.Reports.RenderingsAsync(report.Id, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte>? envelope = report.EnvelopeDigest is { } digest ? await ReadAsync(digest, "the envelope", cancellationToken).ConfigureAwait(false) : (ReadOnlyMemory<byte>?)null;
        IReadOnlyList<Subject> subjects = envelope is { } text && EnvelopeReader.Read(text.ToArray()) is EnvelopeReading.Read { Envelope: var read }
            && Statement.Parse(read.Payload.Span) is StatementReading.Read { Statement: var statement } ? statement.Subjects : [];
        List<StoredFile> files = [.. renderings.Select(rendering => new StoredFile(NameOf(rendering, subjects), rendering.Format, rendering.Blob.Digest, rendering.Blob.Size, rendering.SealedDigest is not null))];
        if (envelope is { } signed)
        {
            string first = subjects.Count > 0 ? subjects[0].Name : report.Name;
            files.Add(new StoredFile(Path.GetFileName(first) + Envelope.FileSuffix, StoredFile.EnvelopeFormat, report.EnvelopeDigest!, signed.Length, false));
        }

        return files;
    }

    /// <summary>Whether content is what a rendering says it is before it was sealed.</summary>
    public static bool IsPlain(Rendering rendering, ReadOnlyMemory<byte> content)
    {
        ArgumentNullException.ThrowIfNull(rendering);
        return Convert.ToHexStringLower(SHA256.HashData(content.Span)) == rendering.PlainDigest;
    }

    /// <summary>The name under which the stored bytes of a file were written.</summary>
    private static string NameOf(Rendering rendering, IReadOnlyList<Subject> subjects)
    {
        string? signed = subjects.FirstOrDefault(subject => subject.Sha256 == rendering.Blob.Digest && Path.GetFileName(subject.Name) == subject.Name
            && (subject.Name == rendering.FileName || subject.Name == rendering.FileName + ReportSealing.SealedSuffix))?.Name;
        return signed ?? (rendering.SealedDigest is null || rendering.FileName.EndsWith(ReportSealing.SealedSuffix, StringComparison.Ordinal)
            ? Path.GetFileName(rendering.FileName)
            : Path.GetFileName(rendering.FileName) + ReportSealing.SealedSuffix);
    }
}

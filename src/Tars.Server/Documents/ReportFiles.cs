using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tars.Application.Stores;
using Tars.Server.Problems;
using Tars.Server.Retrospectives;
using Tars.Storage.Blobs;
using Tars.Storage.Reports;

namespace Tars.Server.Documents;

/// <summary>Files of stored reports: listed, and handed out byte for byte. A name is only ever compared with the names of stored files; no path is made of it.</summary>
internal sealed class ReportFiles(OpenedStore store)
{
    private readonly StoredReportFiles _files = new(store.Rows, store.Files);

    /// <summary>The files of a report.</summary>
    public async Task<IReadOnlyList<FileDocument>> OfAsync(StoredReport report, CancellationToken cancellationToken)
    {
        try
        {
            return
            [
                .. (await _files.ListAsync(report, cancellationToken).ConfigureAwait(false)).Select(file => new FileDocument(
                    file.Name, file.Format.Split(':')[0], MediaTypeOf(file), file.Size, file.Digest, file.IsSealed, report.Id, report.Window.From, report.Window.To, report.Created)),
            ];
        }
        catch (BackupException exception)
        {
            throw new ProblemException(ErrorCode.Unavailable, FormattableString.Invariant($"The envelope of report {report.Id} is missing or damaged in the store; 'tars store check' tells more."), inner: exception);
        }
    }

    /// <summary>Writes a file to the answer.</summary>
    public async Task SendAsync(HttpContext context, FileDocument file)
    {
        HttpResponse response = context.Response;
        byte[] digest = Convert.FromHexString(file.Sha256);
        response.ContentType = file.MediaType;
        response.ContentLength = file.Size;
        response.Headers.ETag = $"\"{file.Sha256}\"";
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(digest)}:"; // RFC 9530
        response.Headers["X-Report-Id"] = file.ReportId.ToString(CultureInfo.InvariantCulture);
        response.Headers.ContentDisposition = $"attachment; filename=\"{new string([.. file.Filename.Select(c => char.IsAscii(c) && !char.IsControl(c) && c is not ('"' or '\\') ? c : '_')])}\"; filename*=UTF-8''{Uri.EscapeDataString(file.Filename)}";
        response.Headers.XContentTypeOptions = "nosniff";
        if (context.Request.Headers.IfNoneMatch.ToString() == $"\"{file.Sha256}\"")
        {
            response.ContentType = null;
            response.ContentLength = null;
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (await store.Files.FindAsync(BlobDigest.Parse(file.Sha256), context.RequestAborted).ConfigureAwait(false) is null)
        {
            Clear(response);
            throw new ProblemException(ErrorCode.Unavailable, "The file is missing in the store; 'tars store check' tells what else is.");
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // Up to 1 MiB is verified before its first byte goes out; of a longer file the end is held back until the digest is known to be right, so what is damaged never arrives whole.
        BlobCopy copied = await store.Files.CopyToAsync(BlobDigest.Parse(file.Sha256), response.Body, long.MaxValue, context.RequestAborted).ConfigureAwait(false);
        if (copied is not BlobCopy.Copied)
        {
            if (!response.HasStarted)
            {
                Clear(response);
                throw new ProblemException(ErrorCode.Unavailable, "The file is damaged in the store and is not handed out; 'tars store check' tells more.");
            }

            context.Abort();
        }
    }

    private static void Clear(HttpResponse response)
    {
        string? id = response.Headers[Hosting.RequestIds.Header];
        response.Clear();
        response.Headers[Hosting.RequestIds.Header] = id;
    }

    private static string MediaTypeOf(StoredFile file) => file.IsSealed ? "application/octet-stream" : file.Format.Split(':')[0] switch
    {
        "json" or StoredFile.EnvelopeFormat => "application/json",
        "markdown" => "text/markdown; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    };
}

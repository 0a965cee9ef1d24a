using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Tars.Client.Requests;

namespace Tars.Client;

/// <content>Files: lists, downloads, verification.</content>
public sealed partial class TarsClient
{
    /// <summary>Files of retrospectives, those of the newest first.</summary>
    /// <param name="reports">Of how many reports, 1 to 100; null for what the server gives.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<IReadOnlyList<ReportFile>> GetRetrospectiveFilesAsync(int? reports = null, CancellationToken cancellationToken = default) => FilesAsync("api/retrospective/files", reports, cancellationToken);

    /// <summary>Files of reports of a period, those of the newest first.</summary>
    /// <inheritdoc cref="GetRetrospectiveFilesAsync"/>
    public Task<IReadOnlyList<ReportFile>> GetGeneralAvailabilityFilesAsync(int? reports = null, CancellationToken cancellationToken = default) => FilesAsync("api/ga/files", reports, cancellationToken);

    /// <summary>Downloads a file of a retrospective as it comes, and checks its size and digest. For administrators.</summary>
    /// <param name="file">The file.</param>
    /// <param name="destination">Gets its bytes, from where it stands. Where an answer is lost half way, a stream that can seek gets them again from there; any other fails.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TarsIntegrityException">The bytes are not those of the file: what <paramref name="destination"/> has is to be thrown away.</exception>
    public Task DownloadAsync(ReportFile file, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(destination);
        string path = new QueryText($"api/retrospective/download/{Uri.EscapeDataString(file.Filename)}").Add("report", file.ReportId.ToString(CultureInfo.InvariantCulture)).ToString();
        Ask ask = Ask.Get(path) with { Accept = "*/*", MayRepeat = destination.CanSeek };
        long start = destination.CanSeek ? destination.Position : 0;
        return _sender.SendAsync(
            ask,
            async (body, token) =>
            {
                if (destination.CanSeek)
                {
                    destination.Position = start;
                    destination.SetLength(start);
                }

                await CopyAsync(file, body, destination, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Downloads a file of a retrospective into a folder, under its name; it is there whole and checked, or not at all. For administrators.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The path; a file that was there is replaced.</returns>
    /// <exception cref="TarsIntegrityException">The bytes are not those of the file, or its name is no plain name.</exception>
    public async Task<string> DownloadToFolderAsync(ReportFile file, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (file.Filename is "" or "." or ".." || file.Filename.AsSpan().ContainsAny(['/', '\\', ':', '\0']))
        {
            throw new TarsIntegrityException($"'{file.Filename}' is no plain file name");
        }

        string path = Path.Combine(folder, file.Filename);
        string partial = Path.Combine(folder, $".{Guid.NewGuid():N}.partial");
        try
        {
            FileStream stream = new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            await using (stream.ConfigureAwait(false))
            {
                await DownloadAsync(file, stream, cancellationToken).ConfigureAwait(false);
            }

            File.Move(partial, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(partial); // not there where it was moved
        }
    }

    /// <summary>Lets the server verify files by an envelope and the keys that it trusts. Nothing of them is kept there.</summary>
    /// <param name="envelope">The envelope (DSSE).</param>
    /// <param name="files">The files by name, up to 32, and 64 MiB together.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Verification> VerifyAsync(ReadOnlyMemory<byte> envelope, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return JsonAsync(new Ask(HttpMethod.Post, "api/verify") { Content = () => Upload(envelope, files) }, ClientJson.Default.Verification, cancellationToken);
    }

#pragma warning disable CA2000 // the form owns its parts
    private static MultipartFormDataContent Upload(ReadOnlyMemory<byte> envelope, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        MultipartFormDataContent form = new() { { Part(envelope), "envelope", "envelope.dsse.json" } };
        foreach ((string name, ReadOnlyMemory<byte> bytes) in files)
        {
            form.Add(Part(bytes), "file", name);
        }

        return form;

        static ReadOnlyMemoryContent Part(ReadOnlyMemory<byte> bytes)
        {
            ReadOnlyMemoryContent part = new(bytes);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            return part;
        }
    }
#pragma warning restore CA2000

    private static async Task CopyAsync(ReportFile file, AnswerBody body, Stream destination, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        await body.ReadAsync(
            async (chunk, token) =>
            {
                hash.AppendData(chunk.Span);
                size += chunk.Length;
                await destination.WriteAsync(chunk, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        string digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (size != file.Size || digest != file.Sha256)
        {
            throw new TarsIntegrityException($"{file.Filename} of report {file.ReportId}: {size} bytes of the SHA-256 {digest} came, where the server lists {file.Size} of {file.Sha256}; throw them away");
        }
    }

    private async Task<IReadOnlyList<ReportFile>> FilesAsync(string path, int? reports, CancellationToken cancellationToken) =>
        (await JsonAsync(Ask.Get(new QueryText(path).Add("limit", reports?.ToString(CultureInfo.InvariantCulture)).ToString()), ClientJson.Default.FileDocuments, cancellationToken).ConfigureAwait(false)).Files ?? [];
}

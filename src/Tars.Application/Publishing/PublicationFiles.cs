using System.Security.Cryptography;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Reports;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Verification;
using Tars.Storage.Blobs;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing;

/// <summary>Puts the files of a report into the place of files, the envelope last, so that rows may point to them: registered, so that nobody collects them, and read back.</summary>
/// <param name="store">The store.</param>
/// <param name="plain">The report as it was made.</param>
/// <param name="written">The report as it is written: each file in the same order, then what was added to them.</param>
internal sealed class PublicationFiles(OpenedStore store, Report plain, Report written)
{
    private ReportFile? Envelope { get; } =
        written.Files.Skip(plain.Files.Count).FirstOrDefault(file => file.Name.EndsWith(Tars.Sealing.Envelopes.Envelope.FileSuffix, StringComparison.Ordinal));

    /// <summary>Whether the report is signed.</summary>
    public bool IsSealed => Envelope is not null;

    /// <summary>Verifies the envelope, where there is one.</summary>
    /// <param name="signers">The keys that signed it; null when it is not signed.</param>
    /// <exception cref="SealingException">The seal does not hold.</exception>
    public void VerifySeal(TrustedKeys? signers)
    {
        string? wrong = Envelope is null ? null
            : signers is null ? "it has an envelope, and nobody signed it"
            : EnvelopeVerifier.Verify(Envelope.Content.ToArray(), signers, new EnvelopePolicy(false)) is not EnvelopeVerdict.Verified verified ? "its own signature does not verify"
            : Statement.Parse(verified.Envelope.Payload.Span) is not StatementReading.Read { Statement: var statement } ? "its envelope holds no statement"
            : written.Files.TakeWhile(file => file != Envelope).FirstOrDefault(file => statement.Subjects.All(subject => subject.Sha256 != DigestOf(file))) is { } missing ? $"its envelope does not name {missing.Name}"
            : null;
        if (wrong is not null)
        {
            throw new SealingException($"the report was not kept: {wrong}", "the keys or this program are broken; 'tars keys list' and 'tars verify' tell more");
        }
    }

    /// <summary>Puts them.</summary>
    /// <param name="content">What the report says, without files.</param>
    /// <param name="reached">Told after each file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the report says, with its files.</returns>
    public async Task<NewReport> PutAsync(NewReport content, Func<Task> reached, CancellationToken cancellationToken)
    {
        List<Rendering> renderings = [];
        for (int i = 0; i < plain.Files.Count; i++)
        {
            (ReportFile file, ReportFile form) = (plain.Files[i], written.Files[i]);
            BlobReference blob = await PutAsync(form, cancellationToken).ConfigureAwait(false);
            bool isSealed = form.Name != file.Name;
            renderings.Add(new Rendering(RenderingFormat.Of(file.Name, renderings), file.Name, blob, isSealed ? DigestOf(file) : blob.Digest, isSealed ? blob.Digest : null));
            await reached().ConfigureAwait(false);
        }

        foreach (ReportFile added in written.Files.Skip(plain.Files.Count).Where(added => added != Envelope))
        {
            BlobReference blob = await PutAsync(added, cancellationToken).ConfigureAwait(false);
            renderings.Add(new Rendering(RenderingFormat.Timestamp, added.Name, blob, blob.Digest));
        }

        BlobReference? envelope = Envelope is null ? null : await PutAsync(Envelope, cancellationToken).ConfigureAwait(false);
        await reached().ConfigureAwait(false);
        return content with { Renderings = renderings, Envelope = envelope };
    }

    /// <summary>
    /// Reads each file back. One that was there already may have been garbage, and was collected before it was registered: it is put again.
    /// </summary>
    /// <exception cref="PublicationException">A file is not what was put.</exception>
    public async Task ReadBackAsync(CancellationToken cancellationToken)
    {
        foreach (ReportFile file in written.Files)
        {
            BlobDigest digest = BlobDigest.Of(file.Content.Span);
            BlobCopy found = await ReadAsync(digest, cancellationToken).ConfigureAwait(false);
            if (found is BlobCopy.Missing)
            {
                await PutAsync(file, cancellationToken).ConfigureAwait(false);
                found = await ReadAsync(digest, cancellationToken).ConfigureAwait(false);
            }

            if (found is not BlobCopy.Copied copied || copied.Size != file.Content.Length)
            {
                throw new PublicationException(
                    $"{store.Files.Place}: the report was not kept: {file.Name} was put there, and read back it is {(found is BlobCopy.Missing ? "missing" : found)}", "look at the disk or the bucket; 'tars store check' tells what else is damaged");
            }
        }
    }

    private static string DigestOf(ReportFile file) => Convert.ToHexStringLower(SHA256.HashData(file.Content.Span));

    private Task<BlobCopy> ReadAsync(BlobDigest digest, CancellationToken cancellationToken) => store.Files.CopyToAsync(digest, Stream.Null, long.MaxValue, cancellationToken);

    private async Task<BlobReference> PutAsync(ReportFile file, CancellationToken cancellationToken)
    {
        using MemoryStream content = new(file.Content.ToArray(), writable: false);
        return await store.Files.PutAsync(content, BlobDigest.Of(file.Content.Span), cancellationToken).ConfigureAwait(false) switch
        {
            BlobPut.Stored stored => new BlobReference(stored.Digest.ToString(), stored.Size),
            BlobPut.Damaged damaged => throw new PublicationException(
                $"{store.Files.Place}: the report was not kept: {file.Name} is {damaged}", "'tars store check' tells what else is damaged; remove the damaged file, and run the command again"),
            var other => throw new PublicationException($"{store.Files.Place}: the report was not kept: {file.Name} is {other}", "run the command again"),
        };
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using Tars.Application.Sealing;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Application.Checkpoints;

/// <summary>
/// Asks a witness for its cosignature. The witness says where it stands, gets the proof from there on, and, where it does not know the log's newest
/// key yet, the notes of the epochs that it lacks. A cosignature counts once it was verified.
/// </summary>
public sealed class WitnessClient(HttpClient http, IReadOnlyList<NoteKey> witnesses)
{
    private const int MostAnswer = 1 << 16;

    /// <summary>Asks, and keeps the cosigned checkpoint with the log.</summary>
    /// <param name="address">The witness's.</param>
    /// <param name="log">The log.</param>
    /// <param name="note">Its newest checkpoint.</param>
    /// <param name="newest">What the note says.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The witness's name and the time that it gave.</returns>
    /// <exception cref="NotProvenException">The witness has seen another history, or its cosignature is wrong.</exception>
    /// <exception cref="SealingException">It cannot be reached, or answers otherwise.</exception>
    public async Task<(string Name, DateTimeOffset Time)> AskAsync(Uri address, LogLayout log, SignedNote note, Checkpoint newest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(newest);
        AuditTree tree = new AuditQuery(log.Root).Tree();
        long old = 0;
        bool sentEpochs = false;
        for (int attempt = 0; attempt < 4; attempt++)
        {
            string body = new ConsistencyProofFile(old, MerkleProof.Consistency(old, newest.Size, tree.Subtree), note).ToString();
            (HttpStatusCode status, string answer) = await PostAsync(address, "add-checkpoint", body, cancellationToken).ConfigureAwait(false);
            switch (status)
            {
                case HttpStatusCode.OK:
                    return Keep(address, log, note, answer);
                case HttpStatusCode.Conflict when long.TryParse(answer.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out long size):
                    if (size > newest.Size || (size == old && size == newest.Size))
                    {
                        if (size > newest.Size && LogNotes.TryRead(log.Checkpoint) is { } newer && Checkpoint.TryParse(newer.Text, out Checkpoint? grown, out _) && grown.Size >= size)
                        {
                            (note, newest, tree, old) = (newer, grown, new AuditQuery(log.Root).Tree(), size); // another process has asked meanwhile
                            break;
                        }

                        throw new NotProvenException(
                            string.Create(CultureInfo.InvariantCulture, $"{address}: the witness has cosigned {size} lines of {newest.Origin}{(size > newest.Size ? $"; there are {newest.Size} here: the log was set back" : " with another root: the log was changed")}"),
                            $"`tars audit verify {log.Root}` says what else is wrong; keep the folder as it is")
                        { IsRefuted = true };
                    }

                    old = size;
                    break;
                case HttpStatusCode.Forbidden when !sentEpochs:
                    await SendEpochsAsync(address, log, cancellationToken).ConfigureAwait(false);
                    sentEpochs = true;
                    break;
                case HttpStatusCode.UnprocessableEntity:
                    throw new NotProvenException($"{address}: the witness refuses: {answer.TrimEnd('\n')}", $"`tars audit verify {log.Root}` says what is wrong; keep the folder as it is") { IsRefuted = true };
                default:
                    throw Refused(address, status, answer);
            }
        }

        throw new SealingException($"{address}: the witness does not come to an answer: its size changes while it is asked", "ask again", new IOException("no answer"));
    }

    private async Task SendEpochsAsync(Uri address, LogLayout log, CancellationToken cancellationToken)
    {
        List<(SignedNote Note, EpochNote Epoch)> epochs = [.. LogNotes.Epochs(log)];
        for (int next = epochs.Count - 1; next >= 0 && next < epochs.Count;)
        {
            (HttpStatusCode status, string answer) = await PostAsync(address, "add-epoch", epochs[next].Note.ToString(), cancellationToken).ConfigureAwait(false);
            if (status == HttpStatusCode.OK)
            {
                next++;
            }
            else if (status == HttpStatusCode.Conflict && int.TryParse(answer.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out int known) && known < epochs[next].Epoch.Number)
            {
                next = known; // the epoch after the one that it knows
            }
            else
            {
                throw new NotProvenException(
                    $"{address}: the witness does not take epoch {epochs[next].Epoch.Number} of the log: {(int)status} {answer.TrimEnd('\n')}", "it knows another first key of this log, or another history of its keys");
            }
        }
    }

    private (string Name, DateTimeOffset Time) Keep(Uri address, LogLayout log, SignedNote note, string answer)
    {
        if (SignedNote.TryParse(Encoding.UTF8.GetBytes($"{note.Text}\n{answer}"), out SignedNote? cosigned, out _))
        {
            foreach (NoteKey witness in witnesses)
            {
                if (witness.VerifyCosignature(cosigned, out DateTimeOffset time) != NoteVerdict.Verified)
                {
                    continue;
                }

                string file = string.Concat(witness.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '_'));
                Directory.CreateDirectory(log.Witnesses);
                using ReplacementFile kept = new(log.Witness(file), ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                kept.Stream.Write(new SignedNote(note.Text, [.. note.Signatures, .. cosigned.Signatures]).ToBytes());
                kept.Commit();
                return (witness.Name, time);
            }
        }

        throw new NotProvenException($"{address}: what it answers is no cosignature of {string.Join(" or ", witnesses.Select(witness => witness.Name))}", "check the witness's name and key; nothing was kept");
    }

    private async Task<(HttpStatusCode Status, string Answer)> PostAsync(Uri address, string verb, string body, CancellationToken cancellationToken)
    {
        Uri target = new(address.AbsoluteUri.TrimEnd('/') + "/" + verb);
        try
        {
            using StringContent content = new(body, Encoding.UTF8, "text/plain");
            using HttpResponseMessage response = await http.PostAsync(target, content, cancellationToken).ConfigureAwait(false);
            byte[] bytes = new byte[MostAnswer];
            Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                return (response.StatusCode, Encoding.UTF8.GetString(bytes, 0, length));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SealingException($"{target}: the witness cannot be reached: {exception.Message}", "the checkpoint is signed and lies with the log; ask again later", new IOException(exception.Message, exception));
        }
    }

    private static SealingException Refused(Uri address, HttpStatusCode status, string answer) => new(
        $"{address}: the witness refuses: {(int)status} {answer.TrimEnd('\n')}",
        status == HttpStatusCode.NotFound ? "its operator must add the log: origin and first key" : null,
        new IOException(answer));
}

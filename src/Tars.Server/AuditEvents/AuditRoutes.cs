using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Application.Checkpoints;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.AuditEvents;

/// <summary>The audit log: its events, its newest checkpoint, and proofs, read from its folder as they are asked for.</summary>
internal sealed class AuditRoutes(ServerParts parts)
{
    private static readonly ApiParameter Limit = new("limit", new ParameterForm.Integer(1, 1000), "How many at most; default 100") { Example = "100" };
    private static readonly ApiParameter Type = new("type", new ParameterForm.Text(), "Events of this type") { Example = "run.outcome" };
    private static readonly ApiParameter Subject = new("subject", new ParameterForm.Text(), "By the person of this id, or by this program");
    private static readonly ApiParameter Resource = new("resource", new ParameterForm.Text(), "Done to this");
    private static readonly ApiParameter Outcome = new("outcome", new ParameterForm.Choice(["success", "failure", "denied", "intent", "unknown"]), "Only events that ended so");
    private static readonly ApiParameter RunId = new("run_id", new ParameterForm.Text(36), "Of this run");
    private static readonly ApiParameter From = new("from", new ParameterForm.Date(), "On this day, UTC, or later") { Example = "2026-01-12" };
    private static readonly ApiParameter To = new("to", new ParameterForm.Date(), "On this day, UTC, or earlier") { Example = "2026-01-18" };
    private static readonly ApiParameter Event = new("event", new ParameterForm.Text(36), "An event's id, or its line from 0") { Place = ParameterPlace.Path, Example = "0" };

    private static readonly ApiParameters Nothing = new();
    private static readonly ApiParameters OfEvents = new(Limit, Cursor.Parameter, Type, Subject, Resource, Outcome, RunId, From, To);
    private static readonly ApiParameters OfProof = new(Event);

    private static readonly IReadOnlyList<CsvColumn<AuditEventDocument>> Columns =
    [
        new("sequence", one => one.Sequence), new("event_id", one => one.EventId), new("timestamp", one => one.Timestamp), new("event_type", one => one.EventType), new("outcome", one => one.Outcome),
        new("subject", one => one.Subject), new("program", one => one.Program), new("role", one => one.Role), new("resource", one => one.Resource), new("run_id", one => one.RunId),
        new("request_id", one => one.RequestId), new("data", one => one.Data?.ToJsonString()), new("hash", one => one.Hash),
    ];

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetAuditEvents, (RequestDelegate)EventsAsync).Answers<AuditEventList>(OfEvents, isList: true, StatusCodes.Status404NotFound);
        endpoints.Map(ApiRoutes.GetAuditCheckpoint, (RequestDelegate)CheckpointAsync).Answers<CheckpointDocument>(Nothing, StatusCodes.Status404NotFound);
        endpoints.Map(ApiRoutes.GetAuditProof, (RequestDelegate)ProofAsync).Answers<AuditProofDocument>(OfProof, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private string Folder => parts.Audit?.Folder ?? throw new ProblemException(ErrorCode.NotFound, "No audit log is kept here; 'tars audit init' makes one.");

    private async Task EventsAsync(HttpContext context)
    {
        RequestValues values = RequestValues.Read(context, OfEvents);
        Representation form = Representations.Of(context, Representations.OfLists);
        string folder = Folder;
        int limit = values.Integer(Limit) ?? 100;
        string list = $"audit {string.Join(' ', OfEvents.Items.Where(parameter => parameter != Limit && parameter != Cursor.Parameter).Select(values.Text))}";
        (long After, DateTimeOffset Time)? after = Place(Cursor.Read(list, values.Text(Cursor.Parameter)));
        DateTimeOffset? from = values.Date(From) is { } first ? new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero) : null;
        AuditFilter filter = new()
        {
            Type = values.Text(Type),
            Actor = values.Text(Subject),
            Resource = values.Text(Resource),
            Outcome = values.Text(Outcome) is { } outcome ? Enum.Parse<AuditOutcome>(outcome, ignoreCase: true) : null,
            RunId = values.Text(RunId),
            From = after is { } place ? place.Time : from,
            To = values.Date(To) is { } last && last < DateOnly.MaxValue ? new DateTimeOffset(last.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null,
        };
        AuditRecord[] found = await ReadAsync(() => new AuditQuery(folder).Find(filter).Where(record => after is not { } at || record.Sequence > at.After).Take(limit + 1).ToArray(), context.RequestAborted).ConfigureAwait(false);
        AuditEventDocument[] page = [.. found.Take(limit).Select(AuditEventDocument.Of)];
        string? next = found.Length > limit ? Cursor.Write(list, FormattableString.Invariant($"{page[^1].Sequence}.{page[^1].Timestamp.UtcTicks}")) : null;
        AuditEventList document = new() { Events = page, Count = page.Length, NextCursor = next, Origin = parts.Audit!.Origin };
        await Answers.WriteAsync(context, ListAnswer.Of(
            form, document, ApiJson.Default.AuditEventList, page, ApiJson.Default.AuditEventDocument, Columns, ListAnswer.Next(ApiRoutes.GetAuditEvents, values, OfEvents, Cursor.Parameter, next))).ConfigureAwait(false);
    }

    private async Task CheckpointAsync(HttpContext context)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        LogLayout layout = new(Folder);
        CheckpointDocument document = await ReadAsync(
            () =>
            {
                (SignedNote note, Checkpoint checkpoint) = LogNotes.ReadCheckpoint(layout.Checkpoint);
                return new CheckpointDocument { Origin = checkpoint.Origin, Size = checkpoint.Size, RootHash = checkpoint.Root.ToString(), Note = note.ToString() };
            },
            context.RequestAborted).ConfigureAwait(false);
        await Answers.WriteUnkeptAsync(context, document, ApiJson.Default.CheckpointDocument).ConfigureAwait(false);
    }

    private async Task ProofAsync(HttpContext context)
    {
        RequestValues values = RequestValues.Read(context, OfProof);
        _ = Representations.Of(context, Representations.JsonAlone);
        string folder = Folder;
        string name = values.Text(Event)!;
        AuditProofDocument document = await ReadAsync(() => Prove(folder, name), context.RequestAborted).ConfigureAwait(false);
        await Answers.WriteUnkeptAsync(context, document, ApiJson.Default.AuditProofDocument).ConfigureAwait(false);
    }

    private static AuditProofDocument Prove(string folder, string name)
    {
        AuditQuery query = new(folder);
        LogLayout layout = new(folder);
        AuditRecord record = (Guid.TryParseExact(name, "D", out Guid id) ? query.Find(id) : long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) ? query.At(sequence) : null)
            ?? throw new ProblemException(ErrorCode.NotFound, "The log has no such event, or retention has removed it.");
        (SignedNote note, Checkpoint newest) = LogNotes.ReadCheckpoint(layout.Checkpoint);
        if (record.Sequence >= newest.Size)
        {
            throw new ProblemException(ErrorCode.Conflict, FormattableString.Invariant($"Line {record.Sequence} is not covered by a checkpoint yet; the newest covers {newest.Size} lines, and the next is signed within a second.")) { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        AuditTree tree = query.Tree();
        EpochNote? signer = LogNotes.SignerOf(layout, note, newest);
        InclusionProofFile proof = new(record.Sequence, MerkleProof.Inclusion(record.Sequence, newest.Size, tree.Subtree), note);
        return signer is not null && InclusionVerdict.Of(proof, record.Line.Span, signer.Key) is not InclusionVerdict.Refused
            ? new AuditProofDocument
            {
                EventId = record.EventId.ToString(),
                Sequence = record.Sequence,
                Size = newest.Size,
                Proof = proof.ToString(),
                Event = Encoding.UTF8.GetString(record.Line.Span),
                Key = signer.Key.ToPem(),
                KeyId = signer.Key.KeyId,
                Epoch = signer.Number,
            }
            : throw new ProblemException(ErrorCode.Unavailable, "The log is not what was signed; 'tars audit verify' says what is wrong.");
    }

    // The log is files: reading them is work of a thread of its own.
    private static async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(read, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is (IOException and not Storage.StoreException) or UnauthorizedAccessException or FormatException or NotProvenException)
        {
            throw new ProblemException(ErrorCode.Unavailable, "The audit log cannot be read now; 'tars audit verify' says what is wrong.", inner: exception);
        }
    }

    private static (long, DateTimeOffset)? Place(string? place) => place?.Split('.') switch
    {
        null => null,
        [var line, var time] when long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks => (sequence, new DateTimeOffset(ticks, TimeSpan.Zero)),
        _ => throw Cursor.Refused(),
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>A line of a log, read. Its form was checked and its own hash fits; whether the log as a whole is what was signed, only a verifier can say.</summary>
public sealed record AuditRecord
{
    /// <summary>The line's place, from 0.</summary>
    public required long Sequence { get; init; }

    /// <summary>The event's id.</summary>
    public required Guid EventId { get; init; }

    /// <summary>When, UTC, in microseconds.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The event's type.</summary>
    public required string Type { get; init; }

    /// <summary>How it ended.</summary>
    public required AuditOutcome Outcome { get; init; }

    /// <summary>The person who did it, sealed; null when it was none.</summary>
    public SealedPerson? Person { get; init; }

    /// <summary>The program that did it; null when it was none.</summary>
    public string? Program { get; init; }

    /// <summary>In which role; null when there is none.</summary>
    public string? Role { get; init; }

    /// <summary>What it was done to; null when nothing is named.</summary>
    public string? Resource { get; init; }

    /// <summary>The standard of the control; null when there is none.</summary>
    public string? Standard { get; init; }

    /// <summary>The control that asks for the event; null when there is none.</summary>
    public string? Control { get; init; }

    /// <summary>The run; null when there is none.</summary>
    public string? RunId { get; init; }

    /// <summary>The request; null when there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>What else the event has to say; null when nothing.</summary>
    public JsonObject? Data { get; init; }

    /// <summary>The line's hash.</summary>
    public required TreeHash Hash { get; init; }

    /// <summary>The line as it stands in the log, without its line feed.</summary>
    public required ReadOnlyMemory<byte> Line { get; init; }

    /// <summary>Reads a line whose form was checked.</summary>
    /// <exception cref="JsonException">It is no object with such members.</exception>
    internal static AuditRecord Parse(in EventLine line, ReadOnlySpan<byte> text)
    {
        byte[] copy = text.ToArray();
        JsonObject members;
        try
        {
            members = JsonNode.Parse(copy)!.AsObject();
            JsonObject? actor = members["actor"]?.AsObject();
            return new AuditRecord
            {
                Sequence = line.Sequence,
                EventId = LineTokens.IdOf(text),
                Timestamp = line.Timestamp,
                Type = Text(members, "event_type") ?? string.Empty,
                Outcome = OutcomeOf(Text(members, "outcome")),
                Person = actor is not null && Text(actor, "subject") is { } subject ? new SealedPerson(subject, Text(actor, "sealed") ?? string.Empty) : null,
                Program = actor is null ? null : Text(actor, "name"),
                Role = Text(members, "role"),
                Resource = Text(members, "resource"),
                Standard = Text(members, "standard"),
                Control = Text(members, "control"),
                RunId = Text(members, "run_id"),
                RequestId = Text(members, "request_id"),
                Data = members["data"]?.AsObject(),
                Hash = line.CurrentHash,
                Line = copy,
            };
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private static string? Text(JsonObject members, string name) => members[name]?.GetValue<string>();

    private static AuditOutcome OutcomeOf(string? text) => text switch
    {
        "success" => AuditOutcome.Success,
        "failure" => AuditOutcome.Failure,
        "denied" => AuditOutcome.Denied,
        "intent" => AuditOutcome.Intent,
        _ => AuditOutcome.Unknown,
    };
}

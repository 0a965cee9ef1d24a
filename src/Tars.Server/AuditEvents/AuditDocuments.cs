using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Server.Documents;

namespace Tars.Server.AuditEvents;

/// <summary>An event of the audit log. Who did it is an id: names are sealed in the log, and 'tars audit query' opens them.</summary>
public sealed record AuditEventDocument
{
    /// <summary>Its line in the log, from 0.</summary>
    public long Sequence { get; init; }

    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>What happened, such as run.intent.</summary>
    public required string EventType { get; init; }

    /// <summary>success, failure, denied, intent or unknown.</summary>
    public required string Outcome { get; init; }

    /// <summary>The id that stands for the person; null for a program.</summary>
    public string? Subject { get; init; }

    /// <summary>The program; null for a person.</summary>
    public string? Program { get; init; }

    /// <summary>The role in which it was done.</summary>
    public string? Role { get; init; }

    /// <summary>What it was done to.</summary>
    public string? Resource { get; init; }

    /// <summary>The run.</summary>
    public string? RunId { get; init; }

    /// <summary>The request.</summary>
    public string? RequestId { get; init; }

    /// <summary>What else the event says.</summary>
    public JsonObject? Data { get; init; }

    /// <summary>The leaf's hash in the log's tree, 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    internal static AuditEventDocument Of(AuditRecord record) => new()
    {
        Sequence = record.Sequence,
        EventId = record.EventId.ToString(),
        Timestamp = record.Timestamp,
        EventType = record.Type,
        Outcome = record.Outcome.ToString().ToLowerInvariant(),
        Subject = record.Person?.Subject,
        Program = record.Program,
        Role = record.Role,
        Resource = record.Resource,
        RunId = record.RunId,
        RequestId = record.RequestId,
        Data = record.Data?.DeepClone().AsObject(),
        Hash = record.Hash.ToString(),
    };
}

/// <summary>Events.</summary>
public sealed record AuditEventList : ListDocument<AuditEventDocument>
{
    /// <summary>The events, the oldest first.</summary>
    public IReadOnlyList<AuditEventDocument> Events { get; init; } = [];

    /// <summary>The log's name.</summary>
    public required string Origin { get; init; }
}

/// <summary>The newest checkpoint.</summary>
public sealed record CheckpointDocument : ApiDocument
{
    /// <summary>The log's name.</summary>
    public required string Origin { get; init; }

    /// <summary>How many lines it covers.</summary>
    public long Size { get; init; }

    /// <summary>The root of the tree over them.</summary>
    public required string RootHash { get; init; }

    /// <summary>The signed note (C2SP tlog-checkpoint), as it stands in the log's folder.</summary>
    public required string Note { get; init; }
}

/// <summary>A proof that an event is in the log.</summary>
public sealed record AuditProofDocument : ApiDocument
{
    /// <summary>The event's id.</summary>
    public required string EventId { get; init; }

    /// <summary>Its line.</summary>
    public long Sequence { get; init; }

    /// <summary>How many lines the checkpoint in the proof covers.</summary>
    public long Size { get; init; }

    /// <summary>The proof (C2SP tlog-proof): a file of it, with the event's line and the key, is what 'tars-verify proof' checks.</summary>
    public required string Proof { get; init; }

    /// <summary>The event's line, exactly, without its line feed.</summary>
    public required string Event { get; init; }

    /// <summary>The public key that signed the checkpoint, in PEM.</summary>
    public required string Key { get; init; }

    /// <summary>Its id.</summary>
    public required string KeyId { get; init; }

    /// <summary>The epoch of the log's key.</summary>
    public int Epoch { get; init; }
}

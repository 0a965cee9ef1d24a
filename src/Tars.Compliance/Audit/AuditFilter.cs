namespace Tars.Compliance.Audit;

/// <summary>Which events are looked for: those that fit every member that is set.</summary>
public sealed record AuditFilter
{
    /// <summary>The event's type, whole.</summary>
    public string? Type { get; init; }

    /// <summary>The actor: the id of a person (<see cref="SubjectKeys.Find"/> tells it for a name), or the name of a program.</summary>
    public string? Actor { get; init; }

    /// <summary>The resource, whole.</summary>
    public string? Resource { get; init; }

    /// <summary>The outcome.</summary>
    public AuditOutcome? Outcome { get; init; }

    /// <summary>The standard of the control that asks for the event.</summary>
    public string? Standard { get; init; }

    /// <summary>The control that asks for the event.</summary>
    public string? Control { get; init; }

    /// <summary>The run.</summary>
    public string? RunId { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>What a block must hold.</summary>
    internal IReadOnlyList<ulong> Tokens()
    {
        List<ulong> tokens = [];
        Add(TokenKind.EventType, Type);
        Add(TokenKind.Actor, Actor);
        Add(TokenKind.Resource, Resource);
        Add(TokenKind.Standard, Standard);
        Add(TokenKind.Control, Control);
        Add(TokenKind.RunId, RunId);
        if (Outcome is { } outcome)
        {
            tokens.Add(EventTokens.Of(TokenKind.Outcome, EventBody.OutcomeText(outcome)));
        }

        return tokens;

        void Add(TokenKind kind, string? text)
        {
            if (text is not null)
            {
                tokens.Add(EventTokens.Of(kind, text));
            }
        }
    }

    /// <summary>Whether a record fits.</summary>
    internal bool Fits(AuditRecord record) =>
        (Type is null || record.Type == Type)
        && (Actor is null || (record.Person?.Subject ?? record.Program) == Actor)
        && (Resource is null || record.Resource == Resource)
        && (Outcome is null || record.Outcome == Outcome)
        && (Standard is null || record.Standard == Standard)
        && (Control is null || record.Control == Control)
        && (RunId is null || record.RunId == RunId)
        && (From is null || record.Timestamp >= From)
        && (To is null || record.Timestamp < To);
}

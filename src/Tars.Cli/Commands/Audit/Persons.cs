using System.Text.Json.Nodes;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Audit;

/// <summary>Who the persons in a log were, as far as their keys are at hand. Whom the log calls erased is not revealed, whatever keys there are.</summary>
internal sealed class Persons
{
    public const string Erased = "(erased)";
    public const string Sealed = "(sealed)";
    public const string Damaged = "(damaged)";

    private const string ErasureType = "subject.erased";

    private readonly SubjectKeys? _keys;
    private readonly HashSet<string> _erased;

    /// <summary>Reads whom the log calls erased.</summary>
    /// <param name="query">The log.</param>
    /// <param name="keys">The keys; null when there are none.</param>
    public Persons(AuditQuery query, SubjectKeys? keys)
    {
        _keys = keys;
        _erased = [];
        foreach (AuditRecord record in query.Find(new AuditFilter { Type = ErasureType }))
        {
            See(record);
        }
    }

    /// <summary>Takes an erasure into account that was written meanwhile.</summary>
    public void See(AuditRecord record)
    {
        if (record.Type == ErasureType && record.Data?["subject"] is JsonValue value && value.TryGetValue(out string? id))
        {
            _erased.Add(id);
        }
    }

    /// <summary>Who did it, and from where; the name is empty when nobody did, and the place null where it is not known.</summary>
    public (string Name, string? From) Of(AuditRecord record) => record.Person is not { } person ? (record.Program ?? string.Empty, null)
        : _erased.Contains(person.Subject) ? (Erased, null)
        : _keys?.Reveal(person) switch
        {
            RevealedPerson.Known known => (known.Person.Name, known.Person.From),
            RevealedPerson.Damaged => (Damaged, null),
            _ => (Sealed, null),
        };

    /// <summary>What an event must bear as its actor: the id of a person with a key, or what was written.</summary>
    public string IdOf(string name) => _keys?.Find(name) ?? name;
}

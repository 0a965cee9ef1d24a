using System.Text.Json.Nodes;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>The event that says that a person was erased.</summary>
internal static class SubjectErasure
{
    public const string EventType = "subject.erased";

    public static AuditEvent ToEvent(string id, AuditActor? by) => new()
    {
        Type = EventType,
        Outcome = AuditOutcome.Success,
        Actor = by,
        Resource = $"subject:{id}",
        Data = AuditData.Of(new JsonObject { ["subject"] = id }),
    };

    /// <summary>The ids that a log calls erased.</summary>
    public static IReadOnlyList<string> ReadIds(LogLayout layout)
    {
        List<string> ids = [];
        foreach (AuditRecord record in new AuditQuery(layout.Root).Find(new AuditFilter { Type = EventType }))
        {
            if (record.Data?["subject"] is JsonValue value && value.TryGetValue(out string? id) && SubjectFolder.IsId(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}

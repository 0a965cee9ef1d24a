using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;

namespace Tars.Application.Publishing;

/// <summary>What the lease of a run says: in which log its intent stands. Each replica has a log of its own, and only whoever has that log tells it the outcome.</summary>
internal static class PublicationLease
{
    private const string Log = "log";

    /// <summary>The payload: the log's origin; nothing without a log.</summary>
    public static string Payload(RunAudit audit) => new JsonObject { [Log] = audit.Trail?.Origin }.ToJsonString();

    /// <summary>Whether the log of a run is the one that is open here, or there is none.</summary>
    public static bool IsOurs(string payload, RunAudit audit) => OriginOf(payload) is not { } origin || origin == audit.Trail?.Origin;

    /// <summary>The origin of the log in which a run's intent stands; null when it has none, or nobody knows.</summary>
    public static string? OriginOf(string payload)
    {
        try
        {
            return JsonNode.Parse(payload) is JsonObject all && all[Log] is JsonValue origin && origin.TryGetValue(out string? text) ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

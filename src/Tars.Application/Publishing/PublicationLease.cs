using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Storage.Jobs;

namespace Tars.Application.Publishing;

/// <summary>What the lease of a run says: in which log its intent stands. Each replica has a log of its own, and only whoever has that log tells it the outcome.</summary>
internal static class PublicationLease
{
    private const string Log = "log";

    /// <summary>The payload: the log's origin; nothing without a log.</summary>
    public static string Payload(RunAudit audit) => new JsonObject { [Log] = audit.Trail?.Origin }.ToJsonString();

    /// <summary>Whether the log of a run that broke off is the one that is open here, or there is none.</summary>
    public static bool IsOurs(TakenJob job, RunAudit audit) => (string?)JsonNode.Parse(job.Payload)?[Log] is not { } origin || origin == audit.Trail?.Origin;
}

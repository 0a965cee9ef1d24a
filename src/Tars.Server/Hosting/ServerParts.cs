using Tars.Application.Auditing;
using Tars.Application.Schedules;
using Tars.Application.Stores;
using Tars.Configuration.Layers;
using Tars.Server.Retrospectives;

namespace Tars.Server.Hosting;

/// <summary>What the server is made of; whoever starts it opens and closes them.</summary>
/// <param name="Settings">The effective configuration.</param>
/// <param name="Store">The store of results, users and keys.</param>
/// <param name="Audit">The audit log; null where none is kept and nothing asks for one.</param>
/// <param name="Time">The clock.</param>
/// <param name="Version">The program's version.</param>
public sealed record ServerParts(LoadedSettings Settings, OpenedStore Store, AuditTrail? Audit, TimeProvider Time, string Version)
{
    /// <summary>Gets one line for each request, and one for each fault; null for no log.</summary>
    public RequestLog? Log { get; init; }

    /// <summary>Makes a retrospective as <c>tars retro --store</c> does, under a given run id; null where none can be ordered.</summary>
    public Func<RetrospectiveOrder, Guid, CancellationToken, Task<TaskResult>>? MakeRetrospective { get; init; }
}

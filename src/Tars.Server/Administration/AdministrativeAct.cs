using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tars.Compliance.Audit;
using Tars.Server.Access;
using Tars.Server.Access.Credentials;
using Tars.Server.Access.Journal;
using Tars.Storage;

namespace Tars.Server.Administration;

/// <summary>What an administrator does: written down before it is done and after, and at once in force on this replica.</summary>
internal sealed class AdministrativeAct
{
    private readonly HttpContext _context;
    private readonly AccessJournal _journal;
    private readonly string _type;

    private AdministrativeAct(HttpContext context, string type) =>
        (_context, _journal, _type, Caller) = (context, context.RequestServices.GetRequiredService<AccessJournal>(), type, (Caller.Known)Access.Caller.Of(context));

    /// <summary>Who does it.</summary>
    public Caller.Known Caller { get; }

    /// <summary>The store.</summary>
    public Store Store => _context.RequestServices.GetRequiredService<Store>();

    /// <summary>Begins an act.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">The type of its events.</param>
    /// <param name="data">What is known beforehand; no name of a person and no secret.</param>
    /// <exception cref="Problems.ProblemException">It cannot be audited: nothing must be done.</exception>
    public static async Task<AdministrativeAct> BeginAsync(HttpContext context, string type, JsonObject data)
    {
        AdministrativeAct act = new(context, type);
        await act._journal.WriteAsync(context, type, AuditOutcome.Intent, act.Caller, null, data);
        return act;
    }

    /// <summary>Ends it: what was revoked is refused here from now on, and elsewhere within a second.</summary>
    /// <param name="isDone">Whether it was done; false when there was nothing to do it to.</param>
    /// <param name="data">What is known now.</param>
    public async Task EndAsync(bool isDone, JsonObject data)
    {
        await _context.RequestServices.GetRequiredService<RevocationWatch>().LookAsync(CancellationToken.None);
        await _journal.WriteAsync(_context, _type, isDone ? AuditOutcome.Success : AuditOutcome.Failure, Caller, null, data);
    }
}

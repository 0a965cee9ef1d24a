using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tars.Application.Auditing;
using Tars.Compliance.Audit;
using Tars.Server.Auditing;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Access.Journal;

/// <summary>
/// Writes who came in, who was turned away and what administrators did to the audit log, before it is answered. Without the event there is no answer but 503. Where no log is
/// kept, nothing is written.
/// </summary>
/// <remarks>What a stranger typed as a login is never written: it may be a password, and every new name would make a key of a person.</remarks>
internal sealed class AccessJournal(AuditTrail? trail, DenialCounts denials)
{
    private const string Stranger = "stranger";

    /// <summary>The id that stands in the log for a person, who gets one when there is none yet; a random one where no log is kept.</summary>
    /// <exception cref="ProblemException">The log cannot give one.</exception>
    public string SubjectFor(string login)
    {
        try
        {
            return Subjects.For(trail, login);
        }
        catch (AuditException exception)
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>Writes an event of a person whom the server knows.</summary>
    /// <exception cref="ProblemException">It is not in the log.</exception>
    public Task WriteAsync(HttpContext context, string type, AuditOutcome outcome, string? login, Role? role, string? resource = null, JsonObject? data = null)
    {
        string? from = context.Connection.RemoteIpAddress?.ToString();
        return AppendAsync(new AuditEvent
        {
            Type = type,
            Outcome = outcome,
            Actor = login is null ? new AuditActor.Program(Stranger) : new AuditActor.Person(login, from),
            Role = role is { } known ? RoleNames.Of(known) : null,
            Resource = resource,
            RequestId = context.TraceIdentifier,
            Data = data is null ? null : AuditData.Of(data),
        });
    }

    /// <summary>Writes an event of the caller.</summary>
    /// <exception cref="ProblemException">It is not in the log.</exception>
    public Task WriteAsync(HttpContext context, string type, AuditOutcome outcome, Caller.Known caller, string? resource = null, JsonObject? data = null) =>
        WriteAsync(context, type, outcome, caller.Login, caller.Role, resource, data);

    /// <summary>Writes that a request was turned away. Of many of one kind in a minute the first is an event of its own, and the others are counted.</summary>
    /// <returns>False when it could not be written: then the request is answered 503 here.</returns>
    public async Task<bool> DeniedAsync(HttpContext context, ApiRoute? route, string reason)
    {
        RequestEntry.Of(context).IsWritten = true; // here or in a count: the answer writes it no second time
        Caller caller = Caller.Of(context);
        string what = route?.OperationId ?? "(none)";
        long? earlier = denials.Count(new Denial(what, reason, (caller as Caller.Known)?.SubjectId));
        if (earlier is null)
        {
            return true;
        }

        JsonObject data = new() { ["operation"] = what, ["method"] = context.Request.Method, ["reason"] = reason };
        if (earlier > 0)
        {
            data["earlier"] = earlier; // of the minute before, which had no event of their own
        }

        try
        {
            Caller.Known? known = caller as Caller.Known;
            await WriteAsync(context, "access.denied", AuditOutcome.Denied, known?.Login, known?.Role, null, data);
            return true;
        }
        catch (ProblemException problem)
        {
            await ProblemAnswer.WriteAsync(context, problem);
            return false;
        }
    }

    private async Task AppendAsync(AuditEvent written)
    {
        if (trail is null)
        {
            return;
        }

        try
        {
            await trail.AppendAsync(written);
        }
        catch (Exception exception) when (exception is AuditException or ObjectDisposedException) // closed: the server is ending
        {
            throw Unavailable(exception);
        }
    }

    private static ProblemException Unavailable(Exception exception) =>
        new(ErrorCode.Unavailable, "what is asked for has to be audited, and the audit log cannot be written", inner: exception) { RetryAfter = TimeSpan.FromSeconds(5) };
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tars.Application.Auditing;
using Tars.Compliance.Audit;
using Tars.Server.Access;
using Tars.Server.Routes;

namespace Tars.Server.Auditing;

/// <summary>Writes requests into the audit log. Members of the events are described in docs/formats/audit-events.md.</summary>
/// <param name="trail">The log.</param>
internal sealed class RequestAuditor(AuditTrail trail)
{
    /// <summary>Who stands in the log for everybody whose credential did not hold: their addresses are sealed under one key, so that strangers make no keys.</summary>
    public const string Nobody = "(not known)";

    private const int ResourceLimit = 512;

    /// <summary>Writes that something is about to be done.</summary>
    /// <exception cref="AuditException">It is not in the log: it must not be done.</exception>
    public Task IntendAsync(HttpContext context, ApiRoute route) => AppendAsync(context, route, RequestEvents.Of(route), AuditOutcome.Intent, status: null, reason: null);

    /// <summary>Writes how a request ended.</summary>
    /// <exception cref="AuditException">It is not in the log: it must not be answered.</exception>
    public async Task EndAsync(HttpContext context, ApiRoute route, int status)
    {
        await AppendAsync(context, route, RequestEvents.Of(route), OutcomeOf(status), status, reason: null).ConfigureAwait(false);
        RequestEntry.Of(context).IsWritten = true;
    }

    /// <summary>Writes that a request was refused.</summary>
    /// <exception cref="AuditException">It is not in the log.</exception>
    public async Task DenyAsync(HttpContext context, ApiRoute? route, int status, string reason)
    {
        await AppendAsync(context, route, RequestEvents.Denied, AuditOutcome.Denied, status, reason).ConfigureAwait(false);
        RequestEntry.Of(context).IsWritten = true;
    }

    private static AuditOutcome OutcomeOf(int status) => status switch
    {
        < 400 => AuditOutcome.Success,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests => AuditOutcome.Denied,
        _ => AuditOutcome.Failure,
    };

    private async Task AppendAsync(HttpContext context, ApiRoute? route, string type, AuditOutcome outcome, int? status, string? reason)
    {
        RequestEntry entry = RequestEntry.Of(context);
        Caller.Known? known = Caller.Of(context) as Caller.Known;
        JsonObject data = new() { ["operation"] = route?.OperationId, ["method"] = context.Request.Method };
        if (status is { } code)
        {
            data["status"] = code;
        }

        if (known is not null)
        {
            (data["credential"], data["credential_id"]) = (Word(known.Credential), known.CredentialId);
        }

        if (reason is not null)
        {
            data["reason"] = reason;
        }

        foreach ((string name, JsonNode? value) in entry.Data)
        {
            data[name] = value?.DeepClone();
        }

        string resource = entry.Resource ?? context.Request.Path.Value ?? "/";
        await trail.AppendAsync(new AuditEvent
        {
            Type = type,
            Outcome = outcome,
            Actor = new AuditActor.Person(known?.Login ?? entry.Login ?? Nobody, context.Connection.RemoteIpAddress?.ToString()),
            Role = known is null ? null : Word(known.Role),
            Resource = resource.Length > ResourceLimit ? resource[..ResourceLimit] : resource,
            RequestId = context.TraceIdentifier,
            Data = AuditData.Of(data),
        }).ConfigureAwait(false);
    }

    private static string Word(Role role) => role switch
    {
        Role.Admin => "admin",
        Role.Sre => "sre",
        _ => "readonly",
    };

    private static string Word(CredentialKind credential) => credential switch
    {
        CredentialKind.AccessToken => "access_token",
        CredentialKind.ApiKey => "api_key",
        CredentialKind.ExternalToken => "external_token",
        CredentialKind.Certificate => "certificate",
        CredentialKind.Session => "session",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

using Microsoft.AspNetCore.Http;
using Tars.Application.Auditing;
using Tars.Server.Access;
using Tars.Server.Limits;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Auditing;

/// <summary>
/// Writes refusals into the audit log before they are told: of whoever showed a credential (401, 403), and of logins beyond their limit (429). Of the latter the
/// first of each address in each window is written, so that a flood of them is no flood of events; metrics count them all.
/// </summary>
internal sealed class DenialAudit(RequestAuditor auditor, RateLimitSettings limits, TimeProvider time)
{
    private const int Addresses = 1 << 14;

    private readonly MemoryLimiter _told = new(time, Addresses);
    private readonly LimitRule _once = new("denial", 1, limits.Login.Window);

    /// <summary>Writes a refusal that has to be written.</summary>
    /// <returns>Whether it may be told; false when it had to be written and is not.</returns>
    public async ValueTask<bool> MayTellAsync(HttpContext context, ErrorCode code)
    {
        ApiRoute? route = context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>();
        if (ReasonOf(context, code, route) is not { } reason || RequestEntry.Of(context).IsWritten)
        {
            return true;
        }

        try
        {
            await auditor.DenyAsync(context, route, code.Status, reason).ConfigureAwait(false);
            return true;
        }
        catch (AuditException)
        {
            return false;
        }
    }

    private string? ReasonOf(HttpContext context, ErrorCode code, ApiRoute? route) => (code.Status, Caller.Of(context)) switch
    {
        (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden, Caller.Refused refused) => refused.Reason,
        (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden, Caller.Known) => code.Code.ToLowerInvariant(),
        (StatusCodes.Status429TooManyRequests, _) when route?.Limit == LimitClass.Login && _told.Take(LimitKey.Of(_once, context.Connection.RemoteIpAddress)).IsAdmitted => "rate_limited",
        _ => null,
    };
}

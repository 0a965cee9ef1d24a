using Microsoft.AspNetCore.Http;
using Tars.Server.Problems;

namespace Tars.Server.Access;

/// <summary>Who makes a request.</summary>
public abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>Nobody has said who they are.</summary>
    public sealed record Stranger : Caller;

    /// <summary>A credential was shown that does not hold.</summary>
    /// <param name="Code">What is told to the caller.</param>
    /// <param name="Reason">What is told to the audit log; no secret in it.</param>
    public sealed record Refused(ErrorCode Code, string Reason) : Caller;

    /// <summary>Somebody whose credential holds now.</summary>
    /// <param name="UserId">The user.</param>
    /// <param name="SubjectId">The id that stands for the user in rows and in the audit log.</param>
    /// <param name="Login">The user's name; personal data: only ever in answers to the user and to administrators, and encrypted in the audit log.</param>
    /// <param name="Role">What the user may do with this credential: the lesser of the user's role and the credential's.</param>
    /// <param name="Credential">What was shown.</param>
    /// <param name="CredentialId">Which one: the token's family, the key's id, the certificate's thumbprint.</param>
    public sealed record Known(Guid UserId, string SubjectId, string Login, Role Role, CredentialKind Credential, string CredentialId) : Caller;

    /// <summary>Who makes this request; a stranger before <c>UseCallers</c> has looked.</summary>
    public static Caller Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<Caller>() ?? Nobody;
    }

    private static readonly Caller Nobody = new Stranger();
}

/// <summary>What a caller shows.</summary>
public enum CredentialKind
{
    /// <summary>An access token of this server.</summary>
    AccessToken,

    /// <summary>An API key.</summary>
    ApiKey,

    /// <summary>A token of another issuer.</summary>
    ExternalToken,

    /// <summary>A client certificate.</summary>
    Certificate,

    /// <summary>A session of the pages.</summary>
    Session,
}

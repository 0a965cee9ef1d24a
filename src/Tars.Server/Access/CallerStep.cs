using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Tars.Server.Access.Credentials;
using Tars.Server.Access.External;
using Tars.Server.Problems;
using Tars.Storage;

namespace Tars.Server.Access;

/// <summary>
/// Finds out who makes a request, and lets it go on whatever that is: what may be done is decided later. A credential that was seen lately costs a digest and a look into
/// memory; any other one waits for the store. Without the store nobody can be told from anybody: 503.
/// </summary>
internal sealed class CallerStep(RequestDelegate next, CredentialCheck check)
{
    private static readonly object Seen = new();
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (AccessRules.IsLiveness(context.GetEndpoint()))
        {
            return next(context);
        }

        ShownCredential shown = ShownCredential.Of(context.Request.Headers);
        if (shown.Problem is not null)
        {
            return GoOn(context, new Caller.Refused(ErrorCode.Unauthorized, shown.Problem));
        }

        if (shown.Text is null)
        {
            return context.Connection.ClientCertificate is { } certificate ? LookAsync(context, certificate) : next(context);
        }

        if (DigestOf(context, shown) is not { } digest)
        {
            return GoOn(context, new Caller.Refused(ErrorCode.Unauthorized, "malformed"));
        }

        return check.Recall(digest) is { } known ? GoOn(context, known) : LookAsync(context, shown, digest);
    }

    // A connection shows the same credential again and again: its digest is kept beside it. The web server keeps the header's text as long.
    private static CredentialDigest? DigestOf(HttpContext context, ShownCredential shown)
    {
        IDictionary<object, object?>? items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(Seen, out object? kept) && kept is SeenCredential seen && seen.Text == shown.Text)
        {
            return seen.Digest;
        }

        CredentialDigest? digest = CredentialDigest.Of(shown.Value);
        if (items is not null && digest is { } made)
        {
            items[Seen] = new SeenCredential(shown.Text!, made);
        }

        return digest;
    }

    private Task GoOn(HttpContext context, Caller caller)
    {
        context.Features.Set(caller);
        return next(context);
    }

    private Task LookAsync(HttpContext context, ShownCredential shown, CredentialDigest digest) =>
        LookAsync(context, check.LookAsync(shown.Value.ToString(), digest, context.RequestAborted));

    private Task LookAsync(HttpContext context, X509Certificate2 certificate) => LookAsync(context, check.LookAsync(certificate, context.RequestAborted));

    private async Task LookAsync(HttpContext context, Task<Caller> look)
    {
        Caller caller;
        try
        {
            caller = await look;
        }
        catch (StoreException exception)
        {
            throw new ProblemException(ErrorCode.Unavailable, "who calls cannot be looked up, because the store does not answer; try again", inner: exception) { RetryAfter = RetryAfter };
        }
        catch (ExternalIssuerException exception)
        {
            throw new ProblemException(ErrorCode.Unavailable, "who calls cannot be looked up, because the issuer of the token does not answer; try again", inner: exception) { RetryAfter = RetryAfter };
        }

        await GoOn(context, caller);
    }

    private sealed record SeenCredential(string Text, CredentialDigest Digest);
}

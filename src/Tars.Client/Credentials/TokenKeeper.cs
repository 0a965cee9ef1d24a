using System.Net;
using Tars.Client.Documents;
using Tars.Client.Requests;

namespace Tars.Client.Credentials;

/// <summary>
/// Has the tokens of a client. However many requests need new ones, they are asked for once; whoever gives up waiting does not end the asking, since the answer is the only one there is.
/// </summary>
internal sealed class TokenKeeper(Sender sender, ITarsTokenStore store, TarsCredential.Login? login, TimeProvider time, CancellationToken ends)
{
    // Renewed a little before they expire: clocks differ, and requests take time.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TarsTokens? _tokens;
    private Task<TarsTokens>? _renewal;

    /// <summary>An access token that has not expired.</summary>
    /// <param name="refused">One that the server has refused, and that is not to be given again; null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<string> AccessTokenAsync(string? refused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_tokens is { } tokens && Holds(tokens, refused))
            {
                return Task.FromResult(tokens.AccessToken);
            }

            _renewal ??= Task.Run(() => RenewAsync(refused), CancellationToken.None);
            return WaitAsync(_renewal, cancellationToken);
        }
    }

    /// <summary>Ends the login.</summary>
    public async Task LogOutAsync(CancellationToken cancellationToken)
    {
        TarsTokens? tokens = await store.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (tokens is not null)
        {
            await sender.SendAsync(Ask.Post("auth/logout", new RefreshForm(tokens.RefreshToken), ClientJson.Default.RefreshForm), static (_, _) => Task.FromResult(true), cancellationToken).ConfigureAwait(false);
        }

        await store.SaveAsync(null, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _tokens = null;
        }
    }

    private static async Task<string> WaitAsync(Task<TarsTokens> renewal, CancellationToken cancellationToken) =>
        (await renewal.WaitAsync(cancellationToken).ConfigureAwait(false)).AccessToken;

    private bool Holds(TarsTokens tokens, string? refused) => tokens.AccessToken != refused && tokens.ExpiresAt - Early > time.GetUtcNow();

    private async Task<TarsTokens> RenewAsync(string? refused)
    {
        TarsTokens? renewed = null;
        try
        {
            TarsTokens? kept = await store.LoadAsync(ends).ConfigureAwait(false);
            if (kept is not null && Holds(kept, refused))
            {
                return renewed = kept; // another client has renewed them
            }

            TarsTokens given = (kept is null ? null : await RefreshAsync(kept).ConfigureAwait(false)) ?? await LogInAsync().ConfigureAwait(false);
            await store.SaveAsync(given, CancellationToken.None).ConfigureAwait(false); // they exist now, whatever happens
            return renewed = given;
        }
        finally
        {
            lock (_gate)
            {
                (_tokens, _renewal) = (renewed ?? _tokens, null);
            }
        }
    }

    // Null where the login has ended. A lost answer is asked for again with the same token: the server gives it again.
    private async Task<TarsTokens?> RefreshAsync(TarsTokens kept)
    {
        try
        {
            return await TokensAsync(Ask.Post("auth/refresh", new RefreshForm(kept.RefreshToken), ClientJson.Default.RefreshForm)).ConfigureAwait(false);
        }
        catch (TarsProblemException problem) when (problem.Status == HttpStatusCode.Unauthorized)
        {
            TarsTokens? newer = await store.LoadAsync(ends).ConfigureAwait(false);
            if (newer is not null && newer.RefreshToken != kept.RefreshToken)
            {
                return newer;
            }

            if (login is null)
            {
                throw;
            }

            return null;
        }
    }

    private async Task<TarsTokens> LogInAsync()
    {
        if (login is null)
        {
            throw new InvalidOperationException("the token store has no tokens; log in with TarsCredential.Login first");
        }

        string? code = login.SecondFactor is { } ask ? await ask(ends).ConfigureAwait(false) : null;
        // A login whose answer is lost is not sent again by itself: it may have begun a session that nobody has the tokens of, and may have used up the code.
        return await TokensAsync(Ask.Post("auth/login", new LoginForm(login.Username, login.Password, code), ClientJson.Default.LoginForm) with { MayRepeat = false }).ConfigureAwait(false);
    }

    private async Task<TarsTokens> TokensAsync(Ask ask)
    {
        TokenAnswer answer = await sender.SendAsync(ask, (body, cancellationToken) => body.JsonAsync(ClientJson.Default.TokenAnswer, cancellationToken), ends).ConfigureAwait(false);
        return answer is { AccessToken: { Length: > 0 } access, RefreshToken: { Length: > 0 } refresh, ExpiresIn: > 0 }
            ? new TarsTokens(access, refresh, time.GetUtcNow().AddSeconds(answer.ExpiresIn))
            : throw new TarsIntegrityException("the answer holds no tokens");
    }
}

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// The login: logs in when there is no token or it ends, renews it in the background after 60 % to 70 % of its time, and logs in again when it
/// cannot be renewed further. One login at a time, whoever asks.
/// </summary>
internal sealed class VaultSession : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _end = new();
    private readonly VaultConnection _connection;
    private readonly VaultLogin _login;
    private readonly TimeProvider _time;
    private readonly string _place;
    private readonly long _start;
    private VaultToken? _token;
    private ITimer? _timer;
    private int _generation;
    private bool _isDisposed;

    /// <summary>Creates a session; nothing is sent.</summary>
    /// <param name="connection">Where requests go; not owned.</param>
    /// <param name="login">How to log in.</param>
    /// <param name="place">Vault's address, for messages.</param>
    /// <param name="time">The clock.</param>
    public VaultSession(VaultConnection connection, VaultLogin login, string place, TimeProvider time)
    {
        (_connection, _login, _place, _time) = (connection, login, place, time);
        _start = time.GetTimestamp();
    }

    /// <summary>How long the session lives; the clock of tokens and leases.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>How long the token in use is good; null when it has no end, or there is none.</summary>
    public TimeSpan? Remaining => _token is { Expires: TimeSpan end } ? (end > Now ? end - Now : TimeSpan.Zero) : null;

    /// <summary>Returns a token, after a login when one is needed.</summary>
    public async Task<VaultPass> TokenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is null || _token.IsOver(Now))
            {
                if (await LogInAsync(cancellationToken).ConfigureAwait(false) is SecretAnswer failure)
                {
                    return new VaultPass(null, _generation, failure);
                }
            }

            return new VaultPass(_token!.Value.Copy(), _token.Generation, null);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Finds out what a refusal of a request meant. Returns whether the request should be sent again with another token: the one it was sent
    /// with is over and there is a new one. False when the token is good, so that the refusal stands.
    /// </summary>
    /// <param name="generation">The generation of the token that was refused.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> WasTokenReplacedAsync(int generation, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is null || _token.Generation != generation)
            {
                return true;
            }

            if (_login is VaultLogin.ByToken byToken)
            {
                using Secret? other = (byToken.Token.Read() as SecretAnswer.Found)?.Value;
                if (other is null || other.Matches(_token.Value.Bytes))
                {
                    return false;
                }
            }
            else
            {
                using VaultReply own = await _connection.SendAsync(HttpMethod.Get, "auth/token/lookup-self", null, _token.Value, cancellationToken).ConfigureAwait(false);
                if (own is not VaultReply.Answered { Status: 403 })
                {
                    return false;
                }
            }

            Drop();
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _end.Cancel();
        _timer?.Dispose();
        _token?.Value.Dispose();
        _token = null;
        _gate.Dispose();
        _end.Dispose();
    }

    private void Drop()
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _token?.Value.Dispose();
        _token = null;
    }

    private Task<SecretAnswer?> LogInAsync(CancellationToken cancellationToken) => _login switch
    {
        VaultLogin.ByToken login => TakeTokenAsync(login, cancellationToken),
        VaultLogin.ByAppRole login => SendLoginAsync(
            login.Mount, "role id and secret id", [("role_id", login.RoleId), ("secret_id", login.SecretId)], null, cancellationToken),
        VaultLogin.ByJwt login => SendLoginAsync(login.Mount, "role and the token's file", [("jwt", login.Jwt)], login.Role, cancellationToken),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A token may look itself up under Vault's default policy; one that may not is used without knowing its end.
    private async Task<SecretAnswer?> TakeTokenAsync(VaultLogin.ByToken login, CancellationToken cancellationToken)
    {
        SecretAnswer read = login.Token.Read();
        if (read is not SecretAnswer.Found found)
        {
            return read;
        }

        using Secret token = found.Value;
        using VaultReply reply = await _connection.SendAsync(HttpMethod.Get, "auth/token/lookup-self", null, token, cancellationToken).ConfigureAwait(false);
        switch (reply)
        {
            case VaultReply.Answered { Status: 200 } answer when answer.Document.Find("data") is not null:
                TimeSpan? left = answer.Document.Seconds("data", "ttl");
                Take(token, left > TimeSpan.Zero ? left : null, answer.Document.Flag("data", "renewable"));
                return null;
            case VaultReply.Answered { Status: 403 }:
                Take(token, null, isRenewable: false);
                return null;
            case VaultReply.Answered { Status: >= 500 } answer:
                return new SecretAnswer.Unreachable(_place, VaultWords.Told(answer));
            case VaultReply.Answered answer:
                return new SecretAnswer.Refused($"{_place} auth/token/lookup-self", VaultWords.Told(answer));
            case VaultReply.Nothing nothing:
                return new SecretAnswer.Unreachable(_place, nothing.Reason);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<SecretAnswer?> SendLoginAsync(
        string mount, string what, (string Name, Credential Value)[] credentials, string? role, CancellationToken cancellationToken)
    {
        string place = $"{_place} auth/{mount}/login";
        LoginBody body = new();
        try
        {
            foreach ((string name, Credential credential) in credentials)
            {
                SecretAnswer read = credential.Read();
                if (read is not SecretAnswer.Found found)
                {
                    return read;
                }

                using Secret value = found.Value;
                body.Add(name, value.Bytes);
            }

            byte[] json = body.End(role);
            using VaultReply reply = await _connection.SendAsync(HttpMethod.Post, $"auth/{mount}/login", json, null, cancellationToken).ConfigureAwait(false);
            switch (reply)
            {
                case VaultReply.Answered { Status: 200 } answer:
                    using (Secret? token = TokenIn(answer.Document))
                    {
                        if (token is null)
                        {
                            return new SecretAnswer.Unreachable(place, "answered 200 without a token");
                        }

                        TimeSpan? duration = answer.Document.Seconds("auth", "lease_duration");
                        Take(token, duration > TimeSpan.Zero ? duration : null, answer.Document.Flag("auth", "renewable"));
                        return null;
                    }

                case VaultReply.Answered { Status: >= 500 } answer:
                    return new SecretAnswer.Unreachable(place, VaultWords.Told(answer));
                case VaultReply.Answered answer:
                    return new SecretAnswer.Refused(place, $"the login {VaultWords.Told(answer)}; check {what}, secrets.vault_auth_mount and secrets.vault_namespace");
                case VaultReply.Nothing nothing:
                    return new SecretAnswer.Unreachable(place, nothing.Reason);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        finally
        {
            body.Dispose();
        }
    }

    private static Secret? TokenIn(VaultDocument document)
    {
        if (document.Find("auth", "client_token") is not System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.String } value)
        {
            return null;
        }

        Secret? token = VaultDocument.SecretOf(value);
        if (token is null || (token.Length > 0 && !token.Bytes.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E)))
        {
            return token;
        }

        token.Dispose();
        return null;
    }

    private void Take(Secret token, TimeSpan? duration, bool isRenewable)
    {
        Drop();
        _token = new VaultToken(token.Copy(), ++_generation, duration, Now + duration, isRenewable);
        Schedule();
    }

    private void Schedule()
    {
        if (_token is { IsRenewable: true, Duration: TimeSpan duration } && duration >= TimeSpan.FromSeconds(2))
        {
            _timer ??= _time.CreateTimer(_ => _ = RenewAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(duration * (0.6 + (0.1 * Random.Shared.NextDouble())), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            await _gate.WaitAsync(_end.Token).ConfigureAwait(false);
            try
            {
                if (_token is not null)
                {
                    await RenewAsync(_token, _end.Token).ConfigureAwait(false);
                }
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The session was disposed meanwhile.
        }
    }

    private async Task RenewAsync(VaultToken token, CancellationToken cancellationToken)
    {
        using VaultReply reply = await _connection.SendAsync(HttpMethod.Post, "auth/token/renew-self", "{}"u8.ToArray(), token.Value, cancellationToken).ConfigureAwait(false);
        switch (reply)
        {
            case VaultReply.Answered { Status: 200 } answer when answer.Document.Seconds("auth", "lease_duration") is TimeSpan duration && duration > TimeSpan.Zero:
                _token = token with { Duration = duration, Expires = Now + duration, IsRenewable = answer.Document.Flag("auth", "renewable") };
                Schedule();
                break;
            case VaultReply.Answered { Status: 403 } when _login is not VaultLogin.ByToken:
                Drop(); // revoked: the next question logs in
                break;
            case VaultReply.Answered:
                _token = token with { IsRenewable = false };
                break;
            default:
                TimeSpan half = (token.Expires!.Value - Now) / 2;
                if (half >= TimeSpan.FromSeconds(1))
                {
                    _timer?.Change(half, Timeout.InfiniteTimeSpan);
                }

                break;
        }
    }
}

using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets.Http;

public sealed class RenewedCredentialTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<AccessToken> _given = [];
    private bool _fails;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(60, 54, 56)]
    [InlineData(4, 2, 3.5)]
    public async Task GetAsync_NearTheEnd_IsANewOneAndTheOldIsZeroed(double lifetimeMinutes, double stillKept, double renewed)
    {
        using RenewedCredential<AccessToken> kept = Kept(TimeSpan.FromMinutes(lifetimeMinutes));
        Assert.Equal("1", await TextAsync(kept));
        _clock.Advance(TimeSpan.FromMinutes(stillKept));
        Assert.Equal("1", await TextAsync(kept));
        _clock.Advance(TimeSpan.FromMinutes(renewed - stillKept));
        Assert.Equal("2", await TextAsync(kept));
        Assert.Throws<ObjectDisposedException>(() => _given[0].Value.Length);
    }

    [Fact]
    public async Task GetAsync_RenewalFails_KeepsTheOldOneToItsEndAndNoLonger()
    {
        using RenewedCredential<AccessToken> kept = Kept(TimeSpan.FromHours(1));
        Assert.Equal("1", await TextAsync(kept));
        _fails = true;
        _clock.Advance(TimeSpan.FromMinutes(56));
        Assert.Equal("1", await TextAsync(kept));
        _clock.Advance(TimeSpan.FromMinutes(4) - TimeSpan.FromSeconds(1));
        Assert.Equal("1", await TextAsync(kept));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<SecretBackendException>(() => kept.GetAsync(Cancellation));
        _fails = false;
        Assert.Equal("2", await TextAsync(kept));
    }

    [Fact]
    public async Task ForgetAsync_Refused_GetsANewOne()
    {
        using RenewedCredential<AccessToken> kept = Kept(TimeSpan.FromHours(1));
        Assert.Equal("1", await TextAsync(kept));
        await kept.ForgetAsync(Cancellation);
        Assert.Equal("2", await TextAsync(kept));
    }

    private static async Task<string> TextAsync(RenewedCredential<AccessToken> kept)
    {
        using AccessToken token = await kept.GetAsync(Cancellation);
        return token.Value.Reveal();
    }

    private RenewedCredential<AccessToken> Kept(TimeSpan lifetime) => new(
        _ =>
        {
            if (_fails)
            {
                throw SecretBackendException.Unreachable("nobody answers");
            }

            _given.Add(new AccessToken(Secret.Of($"{_given.Count + 1}"), _clock.GetUtcNow() + lifetime));
            return Task.FromResult(_given[^1]);
        },
        _clock);
}

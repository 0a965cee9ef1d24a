using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Azure;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Azure;

/// <summary>Key Vault's REST reference, its "REST API error codes" and "Authentication, requests and responses".</summary>
public sealed class KeyVaultTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private EntraTenant _tenant = null!;
    private KeyVaultServer _vault = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = new EntraTenant(_clock);
        _vault = await KeyVaultServer.StartAsync(_tenant, cancellationToken: Wire.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        _tenant.Dispose();
    }

    [Fact]
    public async Task Get_LatestAndVersion_AreTheValue()
    {
        string first = _vault.Set("db-password", "one");
        string second = _vault.Set("db-password", "two", _clock.GetUtcNow().AddDays(1), contentType: "text/plain");
        Reply latest = await GetAsync("/secrets/db-password?api-version=7.4");
        Assert.Equal((200, "two", "text/plain", true), (latest.Status, (string?)latest.Json["value"], (string?)latest.Json["contentType"], (bool)latest.Json["attributes"]!["enabled"]!));
        Assert.Equal(_clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds(), (long)latest.Json["attributes"]!["exp"]!);
        Assert.EndsWith($"/secrets/db-password/{second}", (string?)latest.Json["id"], StringComparison.Ordinal);
        Assert.Equal("two", (string?)(await GetAsync("/secrets/DB-Password/?api-version=7.4")).Json["value"]); // names know no case
        Reply old = await GetAsync($"/secrets/db-password/{first}?api-version=7.4");
        Assert.Equal(("one", null), ((string?)old.Json["value"], old.Json["attributes"]!["exp"]));
    }

    [Fact]
    public async Task Get_WithoutARightToken_IsChallenged()
    {
        _vault.Set("a", "value");
        _vault.Authorization = new Uri("https://login.test/tenant");
        Reply none = await Wire.GetAsync(_vault.HttpAddress, "/secrets/a?api-version=7.4");
        Assert.Equal((401, "Bearer authorization=\"https://login.test/tenant\", resource=\"https://vault.azure.net\""), (none.Status, none.Headers["WWW-Authenticate"]));
        Assert.Equal("Unauthorized", (string?)none.Json["error"]!["code"]);
        await AssertInvalidAsync("made.up.token");
        await AssertInvalidAsync(_tenant.CreateToken("app", "https://management.azure.com", TimeSpan.FromHours(1)));
        await AssertInvalidAsync(_tenant.CreateToken("app", "https://vault.azure.net", TimeSpan.Zero));
        using EntraTenant other = new(_clock);
        await AssertInvalidAsync(other.CreateToken("app", "https://vault.azure.net", TimeSpan.FromHours(1)));

        async Task AssertInvalidAsync(string token)
        {
            Reply reply = await Wire.GetAsync(_vault.HttpAddress, "/secrets/a?api-version=7.4", ("Authorization", $"Bearer {token}"));
            Assert.Equal(401, reply.Status);
            Assert.EndsWith("error=\"invalid_token\"", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Get_ThatCannotBe_SaysWhy()
    {
        string version = _vault.Set("a", "value");
        await AssertRefusedAsync(404, "SecretNotFound", null, "/secrets/none?api-version=7.4");
        await AssertRefusedAsync(404, "SecretNotFound", null, "/secrets/a/00000000000000000000000000000000?api-version=7.4");
        await AssertRefusedAsync(400, "BadParameter", null, "/secrets/a");
        await AssertRefusedAsync(400, "BadParameter", null, "/secrets/a?api-version=1.0");
        await AssertRefusedAsync(400, "BadParameter", null, "/secrets/a_b?api-version=7.4");
        await AssertRefusedAsync(404, "NotFound", null, "/keys/a?api-version=7.4");
        _vault.SetEnabled("a", version, enabled: false);
        await AssertRefusedAsync(403, "Forbidden", "SecretDisabled", "/secrets/a?api-version=7.4");
        _vault.SetEnabled("a", version, enabled: true);
        _vault.FirewallAllows = false;
        await AssertRefusedAsync(403, "Forbidden", "ForbiddenByFirewall", "/secrets/a?api-version=7.4");
        _vault.FirewallAllows = true;
        _vault.Deny("app");
        await AssertRefusedAsync(403, "Forbidden", "ForbiddenByRbac", "/secrets/a?api-version=7.4");
    }

    [Fact]
    public async Task Get_OutsideItsTime_WorksAsDocumentedOrIsRefusedWhereAsked()
    {
        _vault.Set("old", "value", expires: _clock.GetUtcNow());
        _vault.Set("early", "value", notBefore: _clock.GetUtcNow().AddSeconds(1));
        Assert.Equal(200, (await GetAsync("/secrets/old?api-version=7.4")).Status);
        Assert.Equal(200, (await GetAsync("/secrets/early?api-version=7.4")).Status);
        _vault.RefusesOutsideItsTime = true;
        await AssertRefusedAsync(403, "Forbidden", "SecretExpired", "/secrets/old?api-version=7.4");
        await AssertRefusedAsync(403, "Forbidden", "SecretNotYetValid", "/secrets/early?api-version=7.4");
    }

    [Fact]
    public async Task Faults_ThrottleAndError_AreInTheVaultsForm()
    {
        _vault.Set("a", "value");
        _vault.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(10)));
        _vault.Faults.Next(new Fault.ServerError());
        Reply throttled = await GetAsync("/secrets/a?api-version=7.4");
        Assert.Equal((429, "10", "Throttled"), (throttled.Status, throttled.Headers["Retry-After"], (string?)throttled.Json["error"]!["code"]));
        await AssertRefusedAsync(500, "InternalServerError", null, "/secrets/a?api-version=7.4");
    }

    private async Task AssertRefusedAsync(int status, string code, string? inner, string target)
    {
        Reply reply = await GetAsync(target);
        Assert.Equal((status, code, inner), (reply.Status, (string?)reply.Json["error"]!["code"], (string?)reply.Json["error"]!["innererror"]?["code"]));
        Assert.DoesNotContain("\"value\"", reply.Body, StringComparison.Ordinal);
    }

    private Task<Reply> GetAsync(string target) =>
        Wire.GetAsync(_vault.HttpAddress, target, ("Authorization", $"Bearer {_tenant.CreateToken("app", "https://vault.azure.net", TimeSpan.FromHours(1))}"));
}

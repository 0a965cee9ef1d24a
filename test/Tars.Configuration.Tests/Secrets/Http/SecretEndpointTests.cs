using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets.Http;

public sealed class SecretEndpointTests
{
    [Theory]
    [InlineData("https://vault.example.com:8200/x", false)]
    [InlineData("http://127.0.0.1:8200", true)]
    [InlineData("http://127.8.9.10", true)]
    [InlineData("http://[::1]:8200", true)]
    [InlineData("http://localhost:8200", true)]
    [InlineData("https://localhost:8200", true)]
    [InlineData("http://169.254.169.254/latest", true)]
    [InlineData("http://169.254.170.2/role", true)]
    [InlineData("http://169.254.170.23/role", true)]
    [InlineData("http://[fd00:ec2::254]/latest", true)]
    [InlineData("http://[fd00:ec2::23]/v1/credentials", true)]
    [InlineData("http://metadata.google.internal/", true)]
    public void Parse_AllowedAddress_IsDirectOnlyWhereNoProxyMayBe(string address, bool isDirect) =>
        Assert.Equal(isDirect, SecretEndpoint.IsDirect(SecretEndpoint.Parse(address, "the setting")));

    [Theory]
    [InlineData("http://vault.example.com:8200")]
    [InlineData("http://localhost.example.com")]
    [InlineData("http://127.0.0.1.example.com")]
    [InlineData("http://169.254.169.254.example.com")]
    [InlineData("http://metadata.google.internal.example.com")]
    [InlineData("http://10.0.0.1")]
    [InlineData("http://169.254.169.253")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("https://user" + ":password@example.com")]
    [InlineData("vault.example.com")]
    [InlineData("")]
    public void Parse_NoAddressForCredentials_IsRefused(string address)
    {
        SecretBackendException refusal = Assert.Throws<SecretBackendException>(() => SecretEndpoint.Parse(address, "the setting"));
        Assert.True(refusal.IsRefusal);
        Assert.StartsWith("the setting ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", refusal.Message, StringComparison.Ordinal);
    }
}
